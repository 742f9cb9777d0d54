mod schema;
use schema::*;

pub fn query() {
    let query = select_from(users::table).select(users::email);
    let _ = insert_into(users::table).from_select((users::email, users::age), query);
}

fn main() {}
