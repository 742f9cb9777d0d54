mod schema;
use schema::*;

pub fn query() {
    let _ = select_from("users");
}

fn main() {}
