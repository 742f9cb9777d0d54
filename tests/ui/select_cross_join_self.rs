mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).cross_join(users::table);
}

fn main() {}
