use kysera::Table;

#[derive(Table)]
pub struct User {
    #[column(primary_key = true)]
    id: i64,
}

fn main() {}
