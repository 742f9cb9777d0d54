mod schema;
use schema::*;

pub fn query() {
    let mine = select_from(posts::table).correlate(users::table).filter(posts::user_id.eq(users::id)).select(posts::id);
    let _ = select_from(comments::table).filter(comments::post_id.in_(mine));
}

fn main() {}
