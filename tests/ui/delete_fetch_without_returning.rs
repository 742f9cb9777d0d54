mod schema;
use schema::*;

pub fn query(db: &Db) {
    let _ = delete_from(users::table).all_rows().fetch_optional(db);
}

fn main() {}
