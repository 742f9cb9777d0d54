use kysera::Table;

#[derive(Table)]
pub struct User {
    id: i64,
    #[column(references(users::number))]
    manager_id: Option<i64>,
}

fn main() {}
