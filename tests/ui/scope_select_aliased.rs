mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).select((users::id, posts::title.alias("title")));
}

fn main() {}
