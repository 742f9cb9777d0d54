mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).select(users::nick.coalesce(1));
}

fn main() {}
