mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).select(users::email).union(users::table);
}

fn main() {}
