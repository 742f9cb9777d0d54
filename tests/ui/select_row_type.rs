mod schema;
use schema::*;

pub async fn query(db: &Db) -> kysera::Result<String> {
    select_from(users::table).select(users::id).fetch_one(db).await
}

fn main() {}
