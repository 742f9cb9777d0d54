mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).filter(users::email.eq(users::age + 1));
}

fn main() {}
