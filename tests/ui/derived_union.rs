mod schema;
use schema::*;

pub fn query() {
    let ids = select_from(posts::table).select(posts::id);
    let _ = ids.clone().union(ids).derived(totals::table);
}

fn main() {}
