//! Comments behind statements.

use kysera::ast;
use kysera::dialect::{self, MARIADB, MYSQL, POSTGRES, SQLITE, Tags};
use kysera::plugin::{Context, Plugin, QueryTags};
use kysera::prelude::*;
use kysera::schema::create_table_for;

use super::shapes::{Item, NewItem, items};
use crate::running::mock::Mock;
use crate::running::raw;
use crate::support::{Server, on_all, on_each};

struct Route(String);

struct Job(&'static str);

fn plugin() -> QueryTags {
    QueryTags::new()
        .tag("application", "shop")
        .of(|route: &Route, tags| tags.add("route", route.0.as_str()))
        .of(|job: &Job, tags| tags.add("job", job.0))
}

/// What would end the comment, begin another one or a statement, or be an instruction or a placeholder.
const HOSTILE: [&str; 16] = [
    "*/ drop table items; --",
    "*/",
    "/*",
    "/*!50000 drop table items */",
    "!50000 drop table items",
    "M! drop",
    "+ no_index(items)",
    "'; drop table items; --",
    r"\'; drop",
    "a\nb\r\0c",
    "? $1 ?1 :a @b",
    "ä ö 😀 %2A%2F",
    "",
    "--",
    "#",
    "`\"[]{}",
];

fn compiled(db: &Db) -> Result<String> {
    db.compile(select_from(items::table).select(items::id).to_statement()).map(|(compiled, _)| compiled.sql)
}

#[test]
fn tags_stand_behind_the_statement_in_the_order_of_their_names() {
    let db = Db::with_driver(Mock::new()).plugin(plugin()).build().unwrap();
    let select = r#"select "items"."id" from "items""#;
    assert_eq!(compiled(&db).unwrap(), format!("{select} /*application='shop'*/"));
    let both = db.with(Route("/items/{id}".into())).with(Job("night"));
    assert_eq!(
        compiled(&both).unwrap(),
        format!("{select} /*application='shop',job='night',route='%2Fitems%2F%7Bid%7D'*/"),
    );
    // What is said last is said.
    let db = Db::with_driver(Mock::new()).plugin(plugin().of(|_: &Job, tags| tags.add("application", "job")));
    assert_eq!(
        compiled(&db.build().unwrap().with(Job("x"))).unwrap(),
        format!("{select} /*application='job',job='x'*/")
    );
    let none = Db::with_driver(Mock::new()).plugin(QueryTags::new()).build().unwrap();
    assert_eq!(compiled(&none).unwrap(), select);
}

#[test]
fn tags_that_cannot_be_written_are_refused() {
    for plugin in [QueryTags::new().tag("", "x"), QueryTags::new().tag("a", "x".repeat(5000))] {
        let db = Db::with_driver(Mock::new()).plugin(plugin).build().unwrap();
        assert!(compiled(&db).unwrap_err().is_invalid());
    }
}

#[tokio::test]
async fn tags_travel_and_may_be_left_out() {
    let mock = Mock::new();
    let db = Db::with_driver(mock.clone()).plugin(plugin()).build().unwrap();
    sql!("one").with(Job("own")).execute(&db).await.unwrap();
    sql!("two").without::<QueryTags>().execute(&db).await.unwrap();
    db.with(Job("trx"))
        .transaction(async |trx| {
            trx.execute(raw("three").into()).await?;
            trx.batch("four").await
        })
        .await
        .unwrap();
    let log = mock.log();
    for sent in ["one /*application='shop',job='own'*/", "two", "three /*application='shop',job='trx'*/", "four"] {
        assert!(log.iter().any(|call| call.ends_with(sent)), "{sent} is not in {log:?}");
    }
}

/// In a comment there is nothing but what cannot end it.
#[test]
fn no_value_leaves_the_comment() {
    let statement = select_from(items::table).select(items::id).to_statement();
    for spec in [&POSTGRES, &MYSQL, &MARIADB, &SQLITE] {
        let plain = dialect::compile(&statement, spec).unwrap().sql;
        for hostile in HOSTILE {
            let mut tags = Tags::default();
            tags.add(format!("k{hostile}"), hostile);
            let tagged = dialect::compile_tagged(&statement, spec, &tags).unwrap().sql;
            let comment = tagged.strip_prefix(&plain).unwrap();
            let inside = comment.strip_prefix(" /*k").and_then(|it| it.strip_suffix("*/")).unwrap();
            let is_harmless = |it: char| it.is_ascii_alphanumeric() || "-._~%='".contains(it);
            assert!(inside.chars().all(is_harmless), "{comment}");
            let decoded =
                percent_encoding::percent_decode_str(inside.split('=').next().unwrap()).decode_utf8().unwrap();
            assert_eq!(decoded, hostile);
        }
    }
}

#[test]
fn every_server_takes_hostile_tags_for_a_comment() {
    on_all(async |fresh| {
        let db = Db::builder(fresh.url.clone()).plugin(plugin()).connect().await.unwrap();
        create_table_for::<Item>().execute(&db).await.unwrap();
        for (id, hostile) in (1..).zip(HOSTILE) {
            let db = db.with(Route(hostile.into()));
            insert_into(items::table).values(NewItem::new(id, 1, "it's")).execute(&db).await.unwrap();
            let q = select_from(items::table).filter(items::kind.eq("it's")).select(items::id.max());
            assert_eq!(q.fetch_one(&db).await.unwrap(), Some(id));
            update(items::table).set(items::kind.to("it's")).filter(items::id.eq(id)).execute(&db).await.unwrap();
        }
        for text in ["select 1 -- a comment", "select 1 /* a comment */"] {
            assert_eq!(db.fetch(raw(text.to_owned()).into()).await.unwrap().len(), 1, "{text}");
        }
        let ended = db.fetch(raw("select 1;".to_owned()).into()).await;
        assert_eq!(ended.unwrap().len(), 1);
        let all = select_from(items::table).select(count_all()).fetch_one(&db).await.unwrap();
        assert_eq!(all, 16);
        delete_from(items::table).all_rows().execute(&db).await.unwrap();
    });
}

/// Goes around everything, and does nothing there.
struct GoesAround;

impl Plugin for GoesAround {
    fn name(&self) -> &str {
        "goes around"
    }

    fn wraps(&self, _: &ast::Statement, _: &Context<'_>) -> bool {
        true
    }
}

/// The server sees the comment, also behind a statement that a plugin goes around.
#[test]
fn the_server_sees_the_comment() {
    on_each(&[Server::Postgres15, Server::Postgres18, Server::Mysql9, Server::Mariadb], async |fresh| {
        let db = Db::builder(fresh.url.clone()).plugin(plugin()).connect().await.unwrap();
        #[derive(FromRow)]
        struct Own {
            running: String,
        }
        let own = if fresh.server.is_postgres() {
            sql!("select query as running from pg_stat_activity where pid = pg_backend_pid()")
        } else {
            sql!(
                "select convert(info using utf8mb4) as running from information_schema.processlist where id = connection_id()"
            )
        };
        let around = Db::builder(fresh.url.clone()).plugin(plugin()).plugin(GoesAround).connect().await.unwrap();
        for db in [db, around] {
            let rows: Vec<Own> = own.clone().with(Job("seen")).fetch_all_as(&db).await.unwrap();
            assert!(rows[0].running.ends_with(" /*application='shop',job='seen'*/"), "{}", rows[0].running);
        }
    });
}
