//! Conditions: what can be compared, and what can be made of several.

use kysera::Result;

use crate::schema::*;

pub async fn comparisons(db: &Db) -> Result<()> {
    let ids = vec![1_i64, 2, 3];
    let name = String::from("ann");
    let _: Vec<User> = select_from(users::table)
        .filter(users::id.in_(&ids))
        .filter(users::id.not_in(ids))
        .filter(users::email.eq(&name).or(users::email.eq("x")).or(users::nick.eq(name)))
        .filter(users::age.between(1, users::age + 1))
        .filter(users::nick.is_distinct_from(None::<&str>))
        .filter(not(users::email.contains("x")))
        .filter(users::email.like("%x").and(sql!("{} > 1", users::age)))
        .order_by((users::age, users::id.desc().nulls_last()))
        .fetch_all(db)
        .await?;
    Ok(())
}

pub async fn several(db: &Db) -> Result<()> {
    let _: Vec<User> = select_from(users::table)
        .filter(all(vec![users::age.gt(1), users::age.lt(9)]))
        .filter(any([users::nick.eq("x"), users::nick.eq("y")]))
        .when_some(Some(3), |q, age| q.filter(users::age.gt(age)))
        .fetch_all(db)
        .await?;
    let _: Vec<Post> = select_from(posts::table)
        .filter(posts::published)
        .filter(posts::published.and(posts::score.gt(1)))
        .filter(all([posts::published]))
        .fetch_all(db)
        .await?;
    Ok(())
}
