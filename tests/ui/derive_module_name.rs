use kysera::Table;

#[derive(Table)]
#[table(name = "user accounts")]
pub struct User {
    id: i64,
}

fn main() {}
