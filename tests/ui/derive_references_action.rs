use kysera::Table;

#[derive(Table)]
pub struct User {
    id: i64,
    #[column(references(users::id, on_delete = "remove"))]
    manager_id: Option<i64>,
}

fn main() {}
