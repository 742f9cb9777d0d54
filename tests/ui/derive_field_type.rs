use kysera::Table;

pub struct Email(String);

#[derive(Table)]
pub struct User {
    id: i64,
    email: Email,
}

fn main() {}
