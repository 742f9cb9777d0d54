mod schema;
use schema::*;

pub fn query() {
    let text = String::from("age > 1");
    let _ = select_from(users::table).filter(sql!(text, users::age));
}

fn main() {}
