mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).filter(users::id.in_(select_from(users::table).select((users::id, users::age))));
}

fn main() {}
