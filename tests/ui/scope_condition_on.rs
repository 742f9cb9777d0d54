mod schema;
use schema::*;

pub fn query() {
    let _ = posts::published.eq(true).on(users::table);
}

fn main() {}
