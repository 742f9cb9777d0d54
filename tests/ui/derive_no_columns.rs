use kysera::Table;

#[derive(Table)]
pub struct User {}

fn main() {}
