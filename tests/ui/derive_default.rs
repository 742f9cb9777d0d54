use kysera::Table;

#[derive(Table)]
pub struct User {
    #[column(default = 1 + 1)]
    age: i32,
}

fn main() {}
