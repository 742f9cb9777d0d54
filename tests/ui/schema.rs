//! The tables of all cases.

pub use kysera::prelude::*;

#[derive(Debug, Table)]
#[table(name = "users")]
pub struct User {
    #[column(primary_key, generated)]
    pub id: i64,
    pub email: String,
    pub age: i32,
    pub nick: Option<String>,
    pub manager_id: Option<i64>,
}

#[derive(Debug, Table)]
#[table(name = "posts")]
pub struct Post {
    #[column(primary_key, generated)]
    pub id: i64,
    pub user_id: i64,
    pub title: String,
    pub published: bool,
    pub score: Option<i32>,
}

#[derive(Debug, Table)]
#[table(name = "comments")]
pub struct Comment {
    #[column(primary_key, generated)]
    pub id: i64,
    pub post_id: i64,
    pub body: String,
}

#[derive(Debug, Table)]
#[table(name = "totals")]
pub struct Total {
    pub user_id: i64,
    pub count: i64,
}
