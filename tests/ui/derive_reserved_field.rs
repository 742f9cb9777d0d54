use kysera::Table;

#[derive(Table)]
pub struct User {
    id: i64,
    table: String,
}

fn main() {}
