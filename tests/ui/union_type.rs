mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).select(users::email).union(select_from(users::table).select(users::id));
}

fn main() {}
