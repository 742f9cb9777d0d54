mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).select(case::<String>().when(users::age.gt(18), 1).end());
}

fn main() {}
