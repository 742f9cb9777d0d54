mod schema;
use schema::*;

pub fn query() {
    let last = select_from(posts::table).correlate(users::table).filter(posts::user_id.eq(users::id)).select(posts::id.max()).scalar();
    let _ = select_from(comments::table).select((comments::id, last));
}

fn main() {}
