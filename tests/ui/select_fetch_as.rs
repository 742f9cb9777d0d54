mod schema;
use schema::*;

pub fn query(db: &Db) {
    let _ = select_from(users::table).fetch_all_as::<i64>(db);
}

fn main() {}
