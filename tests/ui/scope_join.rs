mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).inner_join(posts::table, posts::user_id.eq(comments::id));
}

fn main() {}
