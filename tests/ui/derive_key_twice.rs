use kysera::Table;

#[derive(Table)]
pub struct User {
    #[column(primary_key, primary_key)]
    id: i64,
}

fn main() {}
