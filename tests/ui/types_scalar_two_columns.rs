mod schema;
use schema::*;

pub fn query() {
    let both = select_from(posts::table).select((posts::id, posts::title)).scalar();
    let _ = select_from(users::table).select((users::id, both));
}

fn main() {}
