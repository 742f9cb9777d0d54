mod schema;
use schema::*;

pub fn query() {
    let row = User { id: 1, email: String::new(), age: 1, nick: None, manager_id: None };
    let _ = insert_into(users::table).values(row);
}

fn main() {}
