use kysera::Table;

#[derive(Table)]
pub struct User {
    #[column(type = "varchr(40)")]
    email: String,
}

fn main() {}
