mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).select(users::age.concat("x"));
}

fn main() {}
