use kysera::Table;

#[derive(Table)]
#[table(nmae = "users")]
pub struct User {
    id: i64,
}

fn main() {}
