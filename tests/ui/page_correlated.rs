mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(posts::table).correlate(users::table).filter(posts::user_id.eq(users::id)).paginate(1, 20);
}

fn main() {}
