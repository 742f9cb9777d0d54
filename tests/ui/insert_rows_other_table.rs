mod schema;
use schema::*;

pub fn query() {
    let _ = insert_into(users::table).from_rows((users::email, posts::title), [("a", "b")]);
}

fn main() {}
