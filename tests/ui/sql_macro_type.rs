mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).filter(users::age.eq(sql!("upper({})", users::email).typed::<String>()));
}

fn main() {}
