use kysera::Table;

#[derive(Table)]
pub struct User {
    #[column(generated = always, default = 1)]
    age: i32,
}

fn main() {}
