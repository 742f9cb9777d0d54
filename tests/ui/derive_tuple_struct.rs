use kysera::Table;

#[derive(Table)]
pub struct User(i64, String);

fn main() {}
