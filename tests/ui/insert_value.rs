mod schema;
use schema::*;

pub fn query() {
    let _ = insert_into(users::table).values(1);
}

fn main() {}
