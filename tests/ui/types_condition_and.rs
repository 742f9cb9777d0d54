mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).filter(users::age.gt(18).and(users::email));
}

fn main() {}
