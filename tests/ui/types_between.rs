mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).filter(users::age.between(1, "x"));
}

fn main() {}
