mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).select(case::<i32>().when(users::age, 1).end());
}

fn main() {}
