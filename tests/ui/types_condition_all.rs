mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).filter(all([users::age + 1]));
}

fn main() {}
