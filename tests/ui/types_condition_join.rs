mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).left_join(posts::table, posts::user_id);
}

fn main() {}
