mod schema;
use schema::*;

pub fn query() {
    let _ = update(users::table).set(users::age.to("x"));
}

fn main() {}
