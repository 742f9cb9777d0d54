mod schema;
use schema::*;

pub fn query() {
    let _ = insert_into(users::table).from_rows((users::email, users::age), [("a", "b")]);
}

fn main() {}
