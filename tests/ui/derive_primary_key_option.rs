use kysera::Table;

#[derive(Table)]
pub struct User {
    #[column(primary_key)]
    id: Option<i64>,
}

fn main() {}
