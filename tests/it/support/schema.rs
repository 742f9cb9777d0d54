//! The tables most tests use.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
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

/// A column of every type, each empty in row 3.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "kinds")]
pub struct Kinds {
    #[column(primary_key, generated)]
    pub id: i64,
    pub bool: Option<bool>,
    pub small: Option<i16>,
    pub int: Option<i32>,
    pub big: Option<i64>,
    pub real: Option<f32>,
    pub double: Option<f64>,
    #[column(type = "numeric(30, 6)")]
    pub decimal: Option<rust_decimal::Decimal>,
    pub text: Option<String>,
    pub bytes: Option<Vec<u8>>,
    pub uuid: Option<uuid::Uuid>,
    pub date: Option<NaiveDate>,
    pub time: Option<NaiveTime>,
    pub timestamp: Option<NaiveDateTime>,
    pub instant: Option<DateTime<Utc>>,
    pub json: Option<serde_json::Value>,
}

/// The values of row 1 and row 2 of [`Kinds`], each less than the other.
pub mod samples {
    use super::*;

    pub const BOOL: [bool; 2] = [false, true];
    pub const SMALL: [i16; 2] = [-7, 300];
    pub const INT: [i32; 2] = [-70_000, 2_000_000_000];
    pub const BIG: [i64; 2] = [-5_000_000_000, i64::MAX];
    pub const REAL: [f32; 2] = [-0.1, 16.25];
    pub const DOUBLE: [f64; 2] = [-0.1, 1e100];

    pub fn decimal() -> [rust_decimal::Decimal; 2] {
        ["-0.100000", "12345678901234567890.123456"].map(|it| it.parse().expect("a decimal"))
    }

    pub fn text() -> [String; 2] {
        ["it's \\ \"q\" \u{1f600} %_", "x"].map(String::from)
    }

    pub fn bytes() -> [Vec<u8>; 2] {
        [(0..=255).collect(), vec![0xff, 0, 0x27, 0x5c]]
    }

    pub fn uuid() -> [uuid::Uuid; 2] {
        [0x0027_5c22_ff00_4000_8000_0000_0000_0001, u128::MAX].map(uuid::Uuid::from_u128)
    }

    pub fn date() -> [NaiveDate; 2] {
        ["1969-12-31", "2026-11-22"].map(|it| it.parse().expect("a date"))
    }

    pub fn time() -> [NaiveTime; 2] {
        ["00:00:00.000001", "23:59:59.999999"].map(|it| it.parse().expect("a time"))
    }

    pub fn timestamp() -> [NaiveDateTime; 2] {
        ["1969-12-31T23:59:59.999999", "2026-11-22T09:08:07.123456"].map(|it| it.parse().expect("a timestamp"))
    }

    pub fn instant() -> [DateTime<Utc>; 2] {
        ["1969-12-31T23:59:59.999999Z", "2026-11-22T09:08:07.123456Z"].map(|it| it.parse().expect("an instant"))
    }

    pub fn json() -> [serde_json::Value; 2] {
        [serde_json::json!({"a": [1, null, "it's \"\\"]}), serde_json::json!("x")]
    }
}

/// Makes the tables.
pub async fn create(db: &Db) -> Result<()> {
    create_table_for::<User>().execute(db).await?;
    create_table_for::<Post>().execute(db).await?;
    create_table_for::<Comment>().execute(db).await?;
    create_table_for::<Kinds>().execute(db).await?;
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
    let kinds = |at: usize| NewKinds {
        bool: Some(samples::BOOL[at]),
        small: Some(samples::SMALL[at]),
        int: Some(samples::INT[at]),
        big: Some(samples::BIG[at]),
        real: Some(samples::REAL[at]),
        double: Some(samples::DOUBLE[at]),
        decimal: Some(samples::decimal()[at]),
        text: Some(samples::text()[at].clone()),
        bytes: Some(samples::bytes()[at].clone()),
        uuid: Some(samples::uuid()[at]),
        date: Some(samples::date()[at]),
        time: Some(samples::time()[at]),
        timestamp: Some(samples::timestamp()[at]),
        instant: Some(samples::instant()[at]),
        json: Some(samples::json()[at].clone()),
        ..NewKinds::new()
    };
    insert_into(kinds::table).values([kinds(0), kinds(1), NewKinds::new()]).execute(db).await?;
    Ok(())
}
