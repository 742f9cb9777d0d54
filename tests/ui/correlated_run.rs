mod schema;
use schema::*;

pub fn query(db: &Db) {
    let _ = select_from(posts::table).correlate(users::table).filter(posts::user_id.eq(users::id)).fetch_all(db);
}

fn main() {}
