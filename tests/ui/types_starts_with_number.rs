mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).filter(users::age.starts_with("1"));
}

fn main() {}
