mod schema;
use schema::*;

pub fn query() {
    let _ = kysera::expr::call::<String, _>("lower", users::email);
}

fn main() {}
