//! What joins make of the columns of both sides.

use kysera::Result;

use crate::schema::*;

pub async fn inner(db: &Db) -> Result<()> {
    let _: Vec<(i64, String, Option<i32>)> = select_from(users::table)
        .inner_join(posts::table, posts::user_id.eq(users::id))
        .select((users::id, posts::title, posts::score))
        .fetch_all(db)
        .await?;
    let _: Vec<User> =
        select_from(users::table).inner_join(posts::table, posts::user_id.eq(users::id)).fetch_all(db).await?;
    Ok(())
}

pub async fn left(db: &Db) -> Result<()> {
    let _: Vec<(i64, Option<String>, String, Option<i32>, Option<i32>)> = select_from(users::table)
        .left_join(posts::table, posts::user_id.eq(users::id))
        .filter(users::age.gt(18).and(posts::published.eq(true)))
        .when(true, |q| q.filter(users::email.eq("x")))
        .select((users::id, posts::title, posts::title.coalesce("none"), posts::score, posts::score + 1))
        .fetch_all(db)
        .await?;
    let _: Vec<(User, Option<Post>, i64, bool)> = select_from(users::table)
        .left_join(posts::table, posts::user_id.eq(users::id))
        .select((User::columns(), Post::columns(), posts::id.count(), posts::id.is_null()))
        .fetch_all(db)
        .await?;
    Ok(())
}

pub async fn right(db: &Db) -> Result<()> {
    let q = select_from(users::table)
        .right_join(posts::table, posts::user_id.eq(users::id))
        .inner_join(comments::table, comments::post_id.eq(posts::id));
    let _: Vec<(Option<String>, Option<bool>, bool, String)> =
        q.clone().select((users::email, posts::score.gt(3), posts::published, comments::body)).fetch_all(db).await?;
    let _: Vec<Option<User>> = q.clone().fetch_all(db).await?;
    let _: Vec<(Option<User>, Post)> = q.select((User::columns(), Post::columns())).fetch_all(db).await?;
    Ok(())
}

pub async fn full(db: &Db) -> Result<()> {
    let q = select_from(users::table).full_join(posts::table, posts::user_id.eq(users::id));
    let _: Vec<Option<User>> = q.clone().fetch_all(db).await?;
    let _: Vec<(Option<i64>, Option<String>)> = q.clone().select((users::id, posts::title)).fetch_all(db).await?;
    let _: Vec<(Option<User>, Option<Post>)> = q.select((User::columns(), Post::columns())).fetch_all(db).await?;
    Ok(())
}

pub async fn cross(db: &Db) -> Result<()> {
    let _: Vec<(i64, i64)> =
        select_from(users::table).cross_join(posts::table).select((users::id, posts::id)).fetch_all(db).await?;
    Ok(())
}

pub async fn aliases(db: &Db) -> Result<()> {
    alias!(manager = users, boss = users);
    let _: Vec<(String, Option<String>, Option<String>)> = select_from(users::table)
        .left_join(manager, manager.id.eq(users::manager_id))
        .left_join(boss, boss.id.eq(manager.manager_id))
        .select((users::email, manager.email, boss.email))
        .fetch_all(db)
        .await?;
    let _: Vec<(User, Option<User>)> = select_from(users::table)
        .left_join(manager, manager.id.eq(users::manager_id))
        .select((User::columns(), manager.columns()))
        .fetch_all(db)
        .await?;
    let _: Vec<User> = select_from(manager).order_by(manager.id).fetch_all(db).await?;
    Ok(())
}
