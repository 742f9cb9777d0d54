mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).filter(sql!("id = {id}"));
}

fn main() {}
