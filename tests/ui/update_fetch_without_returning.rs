mod schema;
use schema::*;

pub fn query(db: &Db) {
    let _ = update(users::table).set(users::age.to(1)).all_rows().fetch_all(db);
}

fn main() {}
