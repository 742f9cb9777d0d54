//! What rows are: whole ones, columns, tuples.

use kysera::Result;
use kysera::expr::{ConditionOn, call};

use crate::schema::*;

pub async fn whole(db: &Db) -> Result<()> {
    let users = 1;
    let _: Vec<User> = select_from(users::table).fetch_all(db).await?;
    let _: User = select_from(users::table).select_all().filter(users::id.eq(users)).fetch_one(db).await?;
    let _: Option<User> = select_from(users::table).fetch_optional(db).await?;
    let _: Vec<Post> = select_from(users::table).fetch_all_as::<Post>(db).await?;
    Ok(())
}

pub async fn columns(db: &Db) -> Result<()> {
    let q = select_from(users::table);
    let _: Vec<i64> = q.clone().select(users::id).fetch_all(db).await?;
    let _: Vec<(i64,)> = q.clone().select((users::id,)).fetch_all(db).await?;
    let _: Vec<Option<String>> = q.clone().select(users::nick).fetch_all(db).await?;
    let _: Vec<(i64, (String, (i32,)))> =
        q.clone().select((users::id, (users::email, (users::age,)))).fetch_all(db).await?;
    let _: Vec<(User, i64)> = q.clone().select((User::columns(), users::id)).fetch_all(db).await?;
    let _: Vec<(String, Option<i32>)> =
        q.select((users::email.alias("mail"), users::age.null_if(0).alias("age"))).fetch_all(db).await?;
    Ok(())
}

pub async fn sixteen(db: &Db) -> Result<()> {
    type Sixteen = (
        i64,
        String,
        i32,
        Option<String>,
        i64,
        String,
        i32,
        Option<String>,
        i64,
        String,
        i32,
        Option<String>,
        i64,
        String,
        i32,
        Option<i64>,
    );
    let _: Vec<Sixteen> = select_from(users::table)
        .select((
            users::id,
            users::email,
            users::age,
            users::nick,
            users::id,
            users::email,
            users::age,
            users::nick,
            users::id,
            users::email,
            users::age,
            users::nick,
            users::id,
            users::email,
            users::age,
            users::manager_id,
        ))
        .fetch_all(db)
        .await?;
    Ok(())
}

pub async fn computed(db: &Db) -> Result<()> {
    let _: Vec<(i64, Option<i64>, Option<f64>, Option<i32>, Option<i64>)> = select_from(posts::table)
        .select((count_all(), posts::score.sum(), posts::score.avg(), posts::score.max(), posts::id.min()))
        .fetch_all(db)
        .await?;
    let _: Vec<(i32, Option<i32>, i32, String, Option<String>)> = select_from(users::table)
        .inner_join(posts::table, posts::user_id.eq(users::id))
        .select((
            users::age + 1,
            posts::score * 2,
            posts::score.coalesce(0),
            case::<String>().when(users::age.lt(18), "minor").otherwise("adult"),
            case::<String>().when(users::age.lt(18), "minor").end(),
        ))
        .fetch_all(db)
        .await?;
    let _: Vec<(String, i64, bool)> = select_from(users::table)
        .select((call::<String, _>("lower", (users::email,)), value(1_i64), users::nick.is_null()))
        .fetch_all(db)
        .await?;
    let _: Vec<(String, Option<bool>)> = select_from(users::table)
        .select((sql!("upper({})", users::email).typed::<String>(), sql!("{} > 1", users::age)))
        .fetch_all(db)
        .await?;
    let _: Vec<ConditionOn<users::table>> =
        vec![users::age.gt(18).on(users::table), users::nick.eq("x").on(users::table)];
    Ok(())
}
