mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).inner_join(select_from(posts::table), posts::user_id.eq(users::id));
}

fn main() {}
