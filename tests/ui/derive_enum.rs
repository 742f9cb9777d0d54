use kysera::Table;

#[derive(Table)]
pub enum User {
    Known,
    Unknown,
}

fn main() {}
