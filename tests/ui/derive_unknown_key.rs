use kysera::Table;

#[derive(Table)]
pub struct User {
    #[column(primary)]
    id: i64,
}

fn main() {}
