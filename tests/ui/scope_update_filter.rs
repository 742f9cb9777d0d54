mod schema;
use schema::*;

pub fn query() {
    let _ = update(users::table).set(users::age.to(1)).filter(posts::published);
}

fn main() {}
