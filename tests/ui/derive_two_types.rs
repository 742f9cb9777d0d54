use kysera::Table;

#[derive(Table)]
pub struct User {
    #[column(type = "text", type_name = "citext")]
    email: String,
}

fn main() {}
