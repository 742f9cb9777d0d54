mod schema;
use schema::*;

pub fn query() {
    alias!(manager = users);
    let _ = delete_from(manager);
}

fn main() {}
