mod schema;
use schema::*;

pub fn query() {
    let _ = delete_from(users::table).filter(posts::user_id.eq(users::id));
}

fn main() {}
