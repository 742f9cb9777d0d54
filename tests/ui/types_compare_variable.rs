mod schema;
use schema::*;

pub fn query() {
    let age: i64 = 18;
    let _ = select_from(users::table).filter(users::age.gt(age));
}

fn main() {}
