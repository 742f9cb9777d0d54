mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).select(users::id).full_join(posts::table, posts::user_id.eq(users::id));
}

fn main() {}
