mod schema;
use schema::*;

pub fn query() {
    let _ = kysera::expr::call::<String, _>("concat", (users::email, "x"));
}

fn main() {}
