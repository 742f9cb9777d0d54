mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).inner_join(users::table, users::manager_id.eq(users::id));
}

fn main() {}
