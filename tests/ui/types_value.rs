mod schema;
use schema::*;

pub fn query() {
    let _ = value('c');
}

fn main() {}
