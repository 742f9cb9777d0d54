mod schema;
use schema::*;

pub fn query() {
    let _ = update(users::table).set(1);
}

fn main() {}
