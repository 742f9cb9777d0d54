use kysera::Table;

#[derive(Table)]
pub struct User {
    id: i64,
    #[column(name = "id")]
    number: i64,
}

fn main() {}
