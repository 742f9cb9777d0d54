mod schema;
use schema::*;

pub fn query() {
    let _ = insert_into(users::table).values(vec![NewPost::new(1, "a", true)]);
}

fn main() {}
