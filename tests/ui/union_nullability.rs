mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).select(users::email).except(select_from(users::table).select(users::nick));
}

fn main() {}
