mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).filter(users::age.like("1%"));
}

fn main() {}
