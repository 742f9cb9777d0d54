mod schema;
use schema::*;

pub fn query(db: &Db) {
    let _ = insert_into(users::table).execute(db);
}

fn main() {}
