//! Queries within queries, set operations and common table expressions.

use kysera::Result;
use kysera::query::output;

use crate::schema::*;

pub async fn correlated(db: &Db) -> Result<()> {
    let mine = select_from(posts::table).correlate(users::table).filter(posts::user_id.eq(users::id));
    let last = mine.clone().select(posts::id.max());
    let _: Vec<(i64, Option<i64>)> = select_from(users::table)
        .filter(mine.clone().exists().and(not_exists(mine.filter(posts::published))))
        .select((users::id, last.scalar()))
        .fetch_all(db)
        .await?;
    let authors = select_from(posts::table).select(posts::user_id);
    let _: Vec<User> = select_from(users::table).filter(users::id.in_(authors)).fetch_all(db).await?;
    Ok(())
}

pub async fn derived(db: &Db) -> Result<()> {
    let counts = select_from(posts::table).group_by(posts::user_id).select((posts::user_id, posts::id.count()));
    let _: Vec<(i64, i64)> = counts.clone().fetch_all(db).await?;
    let _: Vec<Total> = select_from(counts.clone().derived(totals::table)).fetch_all(db).await?;
    let _: Vec<(String, Option<i64>)> = select_from(users::table)
        .left_join(counts.derived(totals::table), totals::user_id.eq(users::id))
        .select((users::email, totals::count))
        .fetch_all(db)
        .await?;
    Ok(())
}

pub async fn united(db: &Db) -> Result<()> {
    let emails = select_from(users::table).select(users::email);
    let titles = select_from(posts::table).select(posts::title);
    let _: Vec<String> = emails
        .clone()
        .union(titles.clone())
        .except(titles)
        .order_by((output("email").desc(),))
        .limit(3)
        .fetch_all(db)
        .await?;
    let _: Vec<User> = select_from(users::table).intersect(select_from(users::table)).fetch_all(db).await?;
    Ok(())
}

pub async fn common(db: &Db) -> Result<()> {
    let counts = select_from(posts::table).group_by(posts::user_id).select((posts::user_id, posts::id.count()));
    let _: Vec<(String, i64)> = with(totals::table, counts.clone())
        .select_from(users::table)
        .inner_join(totals::table, totals::user_id.eq(users::id))
        .select((users::email, totals::count))
        .fetch_all(db)
        .await?;
    let roots = select_from(users::table).filter(users::manager_id.is_null()).select((users::id, value(0_i64)));
    let below = select_from(users::table)
        .inner_join(totals::table, users::manager_id.eq(totals::user_id))
        .select((users::id, totals::count + 1));
    let _: Vec<Total> =
        with_recursive(totals::table, roots.union_all(below)).select_from(totals::table).fetch_all(db).await?;
    let moved = delete_from(posts::table).all_rows().returning((posts::user_id, posts::id));
    let _: Vec<Total> = with(totals::table, moved).select_from(totals::table).fetch_all(db).await?;
    let _: Vec<Post> = with(totals::table, counts)
        .with(posts::table, select_from(posts::table))
        .select_from(posts::table)
        .fetch_all(db)
        .await?;
    Ok(())
}
