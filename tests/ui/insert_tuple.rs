mod schema;
use schema::*;

pub fn query() {
    let _ = insert_into(users::table).values(("ann@x.io", 30));
}

fn main() {}
