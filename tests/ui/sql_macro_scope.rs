mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).filter(sql!("{} > 1", posts::id));
}

fn main() {}
