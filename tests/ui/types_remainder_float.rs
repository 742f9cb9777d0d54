mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).select(users::age.cast::<f64>() % 2.0);
}

fn main() {}
