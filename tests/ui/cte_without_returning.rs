mod schema;
use schema::*;

pub fn query() {
    let _ = with(totals::table, delete_from(posts::table).all_rows());
}

fn main() {}
