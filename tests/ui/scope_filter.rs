mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).filter(posts::published.eq(true));
}

fn main() {}
