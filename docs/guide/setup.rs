// The tables of the guide and a database with two users and a post: what its examples begin with.

use kysera::prelude::*;
use kysera::schema::create_table_for;

#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "users")]
pub struct User {
    #[column(primary_key, generated)]
    pub id: i64,
    #[column(unique, type = "varchar(200)")]
    pub email: String,
    pub name: String,
    pub age: Option<i32>,
}

#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "posts")]
pub struct Post {
    #[column(primary_key, generated)]
    pub id: i64,
    #[column(references(users::id))]
    pub user_id: i64,
    pub title: String,
    #[column(default = 0)]
    pub views: i32,
}

#[allow(dead_code, reason = "not every example runs something")]
async fn open() -> Result<Db> {
    let db = Db::connect("sqlite::memory:").await?;
    create_table_for::<User>().execute(&db).await?;
    create_table_for::<Post>().execute(&db).await?;
    let users = vec![NewUser { age: Some(40), ..NewUser::new("ann@example.com", "Ann") }, NewUser::new("bob@example.com", "Bob")];
    insert_into(users::table).values(users).execute(&db).await?;
    insert_into(posts::table).values(NewPost::new(1, "Hello")).execute(&db).await?;
    Ok(db)
}
