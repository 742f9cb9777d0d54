use kysera::Table;

#[derive(Table)]
#[table(name = "")]
pub struct User {
    id: i64,
}

fn main() {}
