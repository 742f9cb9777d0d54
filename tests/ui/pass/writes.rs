//! What statements that write take and give.

use kysera::Result;

use crate::schema::*;

pub async fn inserts(db: &Db) -> Result<()> {
    let _: User = insert_into(users::table).values(NewUser::new("a", 1)).returning_all().fetch_one(db).await?;
    let _: Vec<(i64, Option<String>)> = insert_into(users::table)
        .values(vec![NewUser::new("a", 1), NewUser { nick: Some("b".into()), ..NewUser::new("b", 2) }])
        .on_conflict(users::email)
        .do_update((users::age.excluded(), users::nick.to(users::email)))
        .returning((users::id, users::nick))
        .fetch_all(db)
        .await?;
    insert_into(users::table)
        .set((users::email.to("a"), users::age.to(1), users::nick.to(Some("x"))))
        .execute(db)
        .await?;
    insert_into(users::table)
        .from_rows((users::email, users::age, users::nick), [("a", 1, Some("x")), ("b", 2, None)])
        .execute(db)
        .await?;
    insert_into(users::table).from_rows((users::email,), vec![("a".to_owned(),)]).execute(db).await?;
    insert_into(users::table)
        .from_select((users::email, users::age), select_from(users::table).select((users::email, users::age)))
        .execute(db)
        .await?;
    Ok(())
}

pub async fn updates(db: &Db) -> Result<()> {
    let _: Vec<(i64, String)> = update(users::table)
        .from(posts::table)
        .set((users::age.to(users::age + 1), users::nick.to(None::<String>), users::email.to(posts::title)))
        .filter(posts::user_id.eq(users::id))
        .returning((users::id, posts::title))
        .fetch_all(db)
        .await?;
    update(users::table).set(UserPatch { age: Some(3), ..UserPatch::default() }).all_rows().execute(db).await?;
    Ok(())
}

pub async fn deletes(db: &Db) -> Result<()> {
    let _: Option<User> = delete_from(users::table).filter(users::id.eq(1)).returning_all().fetch_optional(db).await?;
    delete_from(users::table).using(posts::table).filter(posts::user_id.eq(users::id)).execute(db).await?;
    Ok(())
}

/// All that runs can be sent to another thread.
pub fn is_send(db: &Db) -> impl Future<Output = Result<Vec<Post>>> + Send {
    select_from(posts::table).filter(posts::published).fetch_all(db)
}
