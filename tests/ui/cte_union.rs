mod schema;
use schema::*;

pub fn query() {
    let ids = select_from(posts::table).select(posts::id);
    let _ = with_recursive(totals::table, ids.clone().union_all(ids));
}

fn main() {}
