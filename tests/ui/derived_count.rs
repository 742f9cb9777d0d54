mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).select(users::email).derived(posts::table);
}

fn main() {}
