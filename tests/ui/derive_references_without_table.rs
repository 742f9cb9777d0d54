use kysera::Table;

#[derive(Table)]
pub struct Post {
    #[column(references(id))]
    user_id: i64,
}

fn main() {}
