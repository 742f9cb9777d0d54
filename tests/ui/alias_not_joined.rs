mod schema;
use schema::*;

pub fn query() {
    alias!(manager = users);
    let _ = select_from(users::table).select((users::email, manager.email));
}

fn main() {}
