mod schema;
use schema::*;

pub fn query(db: &Db) {
    let q = select_from(posts::table).correlate(users::table).filter(posts::user_id.eq(users::id));
    let _ = q.fetch_all_as::<Post>(db);
}

fn main() {}
