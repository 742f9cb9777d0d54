mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).select((users::id, users::email)).union_all(select_from(users::table).select(users::id));
}

fn main() {}
