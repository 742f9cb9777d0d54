mod schema;
use schema::*;

pub async fn query(db: &Db) -> kysera::Result<Vec<String>> {
    select_from(users::table)
        .left_join(posts::table, posts::user_id.eq(users::id))
        .select(kysera::expr::call::<String, _>("lower", (posts::title,)))
        .fetch_all(db)
        .await
}

fn main() {}
