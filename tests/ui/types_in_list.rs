mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).filter(users::id.in_(vec!["a", "b"]));
}

fn main() {}
