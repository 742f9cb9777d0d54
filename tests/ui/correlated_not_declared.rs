mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).filter(select_from(posts::table).filter(posts::user_id.eq(users::id)).exists());
}

fn main() {}
