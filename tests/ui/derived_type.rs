mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(select_from(posts::table).select((posts::user_id, posts::title)).derived(totals::table));
}

fn main() {}
