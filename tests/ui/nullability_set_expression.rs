mod schema;
use schema::*;

pub fn query() {
    let _ = update(posts::table).set(posts::user_id.to(posts::score.cast::<i64>()));
}

fn main() {}
