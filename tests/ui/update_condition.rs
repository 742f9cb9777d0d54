mod schema;
use schema::*;

pub fn query() {
    let _ = update(users::table).set(users::email.eq("x"));
}

fn main() {}
