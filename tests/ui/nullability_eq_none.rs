mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).filter(users::id.eq(None::<i64>));
}

fn main() {}
