mod schema;
use schema::*;

pub fn query() {
    let query = select_from(posts::table).correlate(users::table).filter(posts::user_id.eq(users::id)).select((posts::user_id, posts::id));
    let _ = with(totals::table, query);
}

fn main() {}
