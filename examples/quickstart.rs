//! Users and their posts, in a SQLite file: `cargo run --example quickstart`.
//!
//! Each query is shown as the four dialects say it, then it runs.
#![allow(missing_docs, clippy::print_stdout, reason = "a program that shows something, and no library")]

use std::error::Error;

use chrono::{DateTime, Utc};
use kysera::dialect::{MARIADB, MYSQL, POSTGRES, SQLITE};
use kysera::prelude::*;
use kysera::schema::{create_table_for, drop_table_for};

type Result<T = (), E = Box<dyn Error>> = std::result::Result<T, E>;

#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "users")]
struct User {
    #[column(primary_key, generated)]
    id: i64,
    #[column(unique, type = "varchar(200)")]
    email: String,
    name: String,
    #[column(default = now)]
    created_at: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "posts")]
struct Post {
    #[column(primary_key, generated)]
    id: i64,
    #[column(references(users::id, on_delete = "cascade"))]
    user_id: i64,
    title: String,
    #[column(default = 0)]
    views: i32,
    /// A draft has none.
    published_at: Option<DateTime<Utc>>,
}

/// What a user's posts come to: the shape of a common table expression, which is no table of the database.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "totals")]
struct Total {
    user_id: i64,
    posts: i64,
    views: Option<i64>,
}

#[tokio::main]
async fn main() -> Result {
    let file = std::env::current_exe()?.with_extension("db");
    let db = Db::connect(format!("sqlite:{}", file.display())).await?;
    create_tables(&db).await?;
    load(&db).await?;

    newcomers(&db).await?;
    most_read(&db).await?;
    silent_ones(&db).await?;
    publish_a_draft(&db).await?;

    println!("\nThe database is {}", file.display());
    Ok(db.close().await?)
}

/// The schema is what the structs say.
async fn create_tables(db: &Db) -> Result {
    drop_table_for::<Post>().if_exists().execute(db).await?;
    drop_table_for::<User>().if_exists().execute(db).await?;
    show("The table of users, made from its struct", &create_table_for::<User>());
    create_table_for::<User>().execute(db).await?;
    create_table_for::<Post>().execute(db).await?;
    Ok(())
}

/// All rows or none of them: one transaction, and one statement for each table.
async fn load(db: &Db) -> Result {
    let (new_users, new_posts) = (read_users()?, read_posts()?);
    let loaded = db
        .transaction(async |trx| {
            let users = insert_into(users::table).values(new_users).execute(trx).await?;
            let posts = insert_into(posts::table).values(new_posts).execute(trx).await?;
            Ok([users.rows_affected, posts.rows_affected])
        })
        .await?;
    println!("   loaded {} users and {} posts", loaded[0], loaded[1]);
    Ok(())
}

/// A left join: the title is an `Option`, because not everybody has written something.
async fn newcomers(db: &Db) -> Result {
    let q = select_from(users::table)
        .left_join(posts::table, posts::user_id.eq(users::id).and(posts::published_at.is_not_null()))
        .filter(users::email.ends_with("@example.com"))
        .order_by((users::created_at.desc(), posts::id))
        .limit(6)
        .select((users::name, users::created_at, posts::title));
    show("The newest users of example.com, and what they published", &q);

    let rows: Vec<(String, DateTime<Utc>, Option<String>)> = q.fetch_all(db).await?;
    print_rows(
        ["name", "created_at", "title"],
        rows.into_iter().map(|(name, created_at, title)| {
            [name, created_at.format("%Y-%m-%d").to_string(), title.unwrap_or_else(|| "-".into())]
        }),
    );
    Ok(())
}

/// A common table expression: its query must give what `Total` says.
async fn most_read(db: &Db) -> Result {
    let per_user = select_from(posts::table).group_by(posts::user_id).having(count_all().ge(3)).select((
        posts::user_id,
        count_all(),
        posts::views.sum().filter(posts::published_at.is_not_null()),
    ));
    let q = with(totals::table, per_user)
        .select_from(users::table)
        .inner_join(totals::table, totals::user_id.eq(users::id))
        .order_by(totals::views.desc().nulls_last())
        .limit(5)
        .select((users::name, totals::posts, totals::views.coalesce(0)));
    show("Who is read most, of those with three posts or more", &q);

    let rows: Vec<(String, i64, i64)> = q.fetch_all(db).await?;
    print_rows(
        ["name", "posts", "views"],
        rows.into_iter().map(|(name, posts, views)| [name, posts.to_string(), views.to_string()]),
    );
    Ok(())
}

/// A correlated subquery, and a condition that does not change the type of the query.
async fn silent_ones(db: &Db) -> Result {
    let since: Option<DateTime<Utc>> = Some("2026-03-01T00:00:00Z".parse()?);
    let own_posts = select_from(posts::table).correlate(users::table).filter(posts::user_id.eq(users::id));
    let q = select_from(users::table)
        .filter(own_posts.select(posts::id).not_exists())
        .when_some(since, |q, since| q.filter(users::created_at.ge(since)))
        .order_by(users::name)
        .limit(5);
    show("Who joined since March and has written nothing", &q);

    let rows: Vec<User> = q.fetch_all(db).await?;
    print_rows(["id", "name", "email"], rows.into_iter().map(|user| [user.id.to_string(), user.name, user.email]));
    Ok(())
}

/// An update that gives back what it made: PostgreSQL and SQLite only.
async fn publish_a_draft(db: &Db) -> Result {
    let draft = select_from(posts::table)
        .filter(posts::published_at.is_null())
        .order_by(posts::id)
        .limit(1)
        .select(posts::id)
        .fetch_one(db)
        .await?;
    let q = update(posts::table)
        .set((posts::views.to(posts::views + 1), posts::published_at.to(now::<DateTime<Utc>>())))
        .filter(posts::id.eq(draft))
        .returning((posts::title, posts::views));
    show("A draft is published", &q);

    let (title, views) = q.fetch_one(db).await?;
    print_rows(["title", "views"], [[title, views.to_string()]]);
    Ok(())
}

/// Prints a statement as each dialect says it, or why one cannot.
fn show(title: &str, statement: &impl Statement) {
    println!("\n## {title}\n");
    let mut before = String::new();
    for spec in [&POSTGRES, &MYSQL, &MARIADB, &SQLITE] {
        let sql = match statement.compile(spec) {
            Ok(compiled) => compiled.sql,
            Err(error) => format!("unsupported: {error}"),
        };
        println!("{:>10} | {}", spec.name, if sql == before { "the same".into() } else { folded(&sql) });
        before = sql;
    }
    println!();
}

/// Breaks a long line between words.
fn folded(sql: &str) -> String {
    let mut text = String::new();
    let mut width = 0;
    for word in sql.split(' ') {
        if width + word.len() > 100 {
            text.push_str("\n           |  ");
            width = 0;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
        width += word.len() + 1;
    }
    text
}

/// Prints rows below each other, each column as wide as its widest cell.
fn print_rows<const N: usize>(header: [&str; N], rows: impl IntoIterator<Item = [String; N]>) {
    let rows: Vec<[String; N]> = rows.into_iter().collect();
    let widths: [usize; N] = std::array::from_fn(|at| {
        let cells = rows.iter().map(|row| row[at].chars().count());
        cells.chain([header[at].len()]).max().unwrap_or(0)
    });
    let line = |cells: [&str; N]| {
        let cells: Vec<String> = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        println!("   {}", cells.join("   ").trim_end());
    };
    line(header);
    line(widths.map(|width| "─".repeat(width)).each_ref().map(String::as_str));
    for row in &rows {
        line(row.each_ref().map(String::as_str));
    }
}

fn read_users() -> Result<Vec<NewUser>> {
    let mut users = Vec::new();
    for row in csv::Reader::from_reader(include_bytes!("data/users.csv").as_slice()).into_deserialize() {
        let (id, email, name, created_at): (i64, String, String, String) = row?;
        users.push(NewUser { id: Some(id), email, name, created_at: Some(created_at.parse()?) });
    }
    Ok(users)
}

fn read_posts() -> Result<Vec<NewPost>> {
    let mut posts = Vec::new();
    for row in csv::Reader::from_reader(include_bytes!("data/posts.csv").as_slice()).into_deserialize() {
        let (id, user_id, title, views, published_at): (i64, i64, String, i32, Option<String>) = row?;
        let published_at = published_at.map(|it| it.parse()).transpose()?;
        posts.push(NewPost { id: Some(id), user_id, title, views: Some(views), published_at });
    }
    Ok(posts)
}
