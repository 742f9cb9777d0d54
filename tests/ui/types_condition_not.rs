mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).filter(not(users::age));
}

fn main() {}
