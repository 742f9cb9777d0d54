mod schema;
use schema::*;

pub fn query() {
    let _ = insert_into(users::table).set((users::email.to("a"), users::age.to(users::age + 1)));
}

fn main() {}
