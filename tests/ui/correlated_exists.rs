mod schema;
use schema::*;

pub fn query() {
    let mine = select_from(posts::table).correlate(users::table).filter(posts::user_id.eq(users::id)).exists();
    let _ = select_from(posts::table).filter(mine);
}

fn main() {}
