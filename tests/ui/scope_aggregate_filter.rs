mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).select(users::id.count().filter(posts::published));
}

fn main() {}
