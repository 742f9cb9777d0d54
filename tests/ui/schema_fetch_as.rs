mod schema;
use schema::*;

pub fn query(db: &Db) {
    let _ = kysera::schema::create_table_for::<User>().fetch_all_as::<User>(db);
}

fn main() {}
