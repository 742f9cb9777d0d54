use kysera::Table;

#[derive(Table)]
pub struct User {
    #[column(generated = always)]
    id: i64,
    email: String,
}

pub fn query() -> NewUser {
    NewUser { id: 1, email: "ann@x.io".into() }
}

fn main() {}
