mod schema;
use schema::*;

pub fn query() {
    let _ = update(users::table).set(posts::title.to("x"));
}

fn main() {}
