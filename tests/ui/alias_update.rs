mod schema;
use schema::*;

pub fn query() {
    alias!(manager = users);
    let _ = update(manager).set(users::age.to(1));
}

fn main() {}
