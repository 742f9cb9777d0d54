mod schema;
use schema::*;

pub async fn query(db: &Db) {
    let _ = select_from(posts::table).correlate(users::table).filter(posts::user_id.eq(users::id)).fetch_one(db).await;
}

fn main() {}
