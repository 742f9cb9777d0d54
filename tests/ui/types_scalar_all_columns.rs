mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).filter(users::id.eq(select_from(posts::table).scalar()));
}

fn main() {}
