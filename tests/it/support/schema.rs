//! The tables most tests use.

use chrono::{DateTime, Utc};
use kysera::prelude::*;
use kysera::schema::create_table_for;

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "users")]
pub struct User {
    #[column(primary_key, generated)]
    pub id: i64,
    #[column(unique, type = "varchar(200)")]
    pub email: String,
    pub name: String,
    pub age: Option<i32>,
    #[column(default = 0)]
    pub visits: i32,
    pub manager_id: Option<i64>,
    #[column(default = now)]
    pub created_at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "posts")]
pub struct Post {
    #[column(primary_key, generated)]
    pub id: i64,
    #[column(references(users::id, on_delete = "cascade"))]
    pub user_id: i64,
    pub title: String,
    pub published: bool,
    pub score: Option<i32>,
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "comments")]
pub struct Comment {
    #[column(primary_key, generated)]
    pub id: i64,
    #[column(references(posts::id))]
    pub post_id: i64,
    pub body: String,
}

/// The shape of common table expressions and derived tables.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "totals")]
pub struct Total {
    pub user_id: i64,
    pub n: i64,
}

/// The shape of a walk through a tree of users.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "tree")]
pub struct Tree {
    pub id: i64,
    pub depth: i64,
}

/// Makes the tables.
pub async fn create(db: &Db) -> Result<()> {
    create_table_for::<User>().execute(db).await?;
    create_table_for::<Post>().execute(db).await?;
    create_table_for::<Comment>().execute(db).await?;
    Ok(())
}

/// Makes the tables and puts rows into them: Ann (1) manages Bob (2), who manages Cid (3); Ann has two posts, Bob one.
pub async fn filled(db: &Db) -> Result<()> {
    create(db).await?;
    let user = |email: &str, name: &str, age, manager_id| NewUser {
        age,
        manager_id,
        created_at: Some("2026-11-22T09:08:07.123456Z".parse().expect("a time")),
        ..NewUser::new(email, name)
    };
    insert_into(users::table)
        .values([
            user("ann@x.io", "Ann", Some(40), None),
            user("bob@x.io", "Bob", Some(17), Some(1)),
            user("cid@x.io", "Cid", None, Some(2)),
        ])
        .execute(db)
        .await?;
    let post = |user_id: i64, title: &str, published: bool, score| NewPost {
        score,
        ..NewPost::new(user_id, title, published)
    };
    insert_into(posts::table)
        .values([
            post(1, "first", true, Some(5)),
            post(1, "second", false, None),
            post(2, "100% of_all", true, Some(3)),
        ])
        .execute(db)
        .await?;
    insert_into(comments::table)
        .values([NewComment::new(1_i64, "fine"), NewComment::new(3_i64, "so so")])
        .execute(db)
        .await?;
    Ok(())
}
