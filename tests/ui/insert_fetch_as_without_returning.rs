mod schema;
use schema::*;

pub fn query(db: &Db) {
    let _ = insert_into(users::table).values(NewUser::new("ann@x.io", 30)).fetch_all_as::<User>(db);
}

fn main() {}
