mod schema;
use schema::*;

pub fn query() {
    alias!(manager = users);
    let _ = select_from(manager).filter(users::id.eq(1));
}

fn main() {}
