use kysera::Table;

#[derive(Table)]
pub struct User {
    #[column(generated = sometimes)]
    id: i64,
}

fn main() {}
