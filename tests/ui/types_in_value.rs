mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).filter(users::id.in_(1));
}

fn main() {}
