use kysera::Table;

#[derive(Table)]
pub struct User<T> {
    id: T,
}

fn main() {}
