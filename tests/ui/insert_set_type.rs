mod schema;
use schema::*;

pub fn query() {
    let _ = insert_into(users::table).set((users::email.to("x"), users::age.to("x")));
}

fn main() {}
