use kysera::{SqlType, Table};

#[derive(Clone, SqlType)]
pub struct String(i64);

#[derive(Table)]
pub struct User {
    id: i64,
    name: String,
}

fn main() {}
