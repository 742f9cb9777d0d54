mod schema;
use schema::*;

pub fn query() {
    let _ = insert_into(users::table).set(posts::title.to("x"));
}

fn main() {}
