mod schema;
use schema::*;

pub fn query(db: &Db) {
    let _ = select_from(users::table).execute(db);
}

fn main() {}
