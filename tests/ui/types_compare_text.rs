mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).filter(users::age.gt("x"));
}

fn main() {}
