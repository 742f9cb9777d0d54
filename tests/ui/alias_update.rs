mod schema;
use schema::*;

pub fn query() {
    alias!(manager = users);
    let _ = update(manager);
}

fn main() {}
