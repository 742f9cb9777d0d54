mod schema;
use schema::*;

pub fn query() {
    let query = select_from(posts::table).select((posts::user_id, posts::score.max().cast::<i64>()));
    let _ = with(totals::table, query);
}

fn main() {}
