mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).order_by((users::id, posts::id.desc()));
}

fn main() {}
