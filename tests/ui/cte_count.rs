mod schema;
use schema::*;

pub fn query() {
    let _ = with(totals::table, select_from(posts::table).select(posts::user_id));
}

fn main() {}
