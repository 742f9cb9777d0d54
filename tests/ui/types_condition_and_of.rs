mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).filter(users::email.and(users::age.gt(18)));
}

fn main() {}
