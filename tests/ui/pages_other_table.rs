mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).pages((users::id, posts::id.desc()), 20);
}

fn main() {}
