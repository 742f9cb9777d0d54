mod schema;
use schema::*;

pub fn query() {
    let _ = users::age.cast::<Vec<char>>();
}

fn main() {}
