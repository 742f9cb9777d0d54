mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).select(users::id.eq(1).max());
}

fn main() {}
