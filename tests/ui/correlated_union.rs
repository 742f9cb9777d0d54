mod schema;
use schema::*;

pub fn query(db: &Db) {
    let mine = select_from(posts::table).correlate(users::table).filter(posts::user_id.eq(users::id));
    let _ = mine.clone().union(mine).fetch_all(db);
}

fn main() {}
