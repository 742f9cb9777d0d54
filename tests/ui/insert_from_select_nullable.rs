mod schema;
use schema::*;

pub fn query() {
    let query = select_from(users::table).select((users::email, users::nick));
    let _ = insert_into(posts::table).from_select((posts::title, posts::title), query);
}

fn main() {}
