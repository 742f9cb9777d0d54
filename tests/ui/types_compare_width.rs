mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).filter(users::id.eq(users::age));
}

fn main() {}
