//! Soft deletes: a table that is missed shows as a row that should not be there.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use kysera::ast;
use kysera::plugin::SoftDelete;
use kysera::prelude::*;
use kysera::schema::create_table_for;

use crate::support::servers::Fresh;
use crate::support::{Server, on_all, on_each};

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "people")]
pub struct Person {
    #[column(primary_key, generated)]
    pub id: i64,
    pub name: String,
    pub boss_id: Option<i64>,
    pub deleted_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "notes")]
pub struct Note {
    #[column(primary_key, generated)]
    pub id: i64,
    pub person_id: i64,
    pub text: String,
    pub deleted_at: Option<DateTime<Utc>>,
}

/// A table without the column.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "tags")]
pub struct Tag {
    #[column(primary_key, generated)]
    pub id: i64,
    pub label: String,
}

/// The shape of common table expressions.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "names")]
pub struct Name {
    pub name: String,
}

/// A table whose column has another name.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "papers")]
pub struct Paper {
    #[column(primary_key, generated)]
    pub id: i64,
    pub title: String,
    pub removed_at: Option<DateTime<Utc>>,
}

fn long_ago() -> DateTime<Utc> {
    "2001-02-03T04:05:06Z".parse().unwrap()
}

/// Ann, Bob, Cid and Dan, each the boss of the next; Bob is deleted, and Ann's second note.
async fn filled(fresh: &Fresh) {
    let db = &fresh.db;
    create_table_for::<Person>().execute(db).await.unwrap();
    create_table_for::<Note>().execute(db).await.unwrap();
    create_table_for::<Tag>().execute(db).await.unwrap();
    let person = |name: &str, boss_id, deleted_at| NewPerson { boss_id, deleted_at, ..NewPerson::new(name) };
    insert_into(people::table)
        .values([
            person("Ann", None, None),
            person("Bob", Some(1), Some(long_ago())),
            person("Cid", Some(2), None),
            person("Dan", Some(3), None),
        ])
        .execute(db)
        .await
        .unwrap();
    let note = |person_id: i64, text: &str, deleted_at| NewNote { deleted_at, ..NewNote::new(person_id, text) };
    insert_into(notes::table)
        .values([note(1, "a1", None), note(2, "b1", None), note(1, "a2", Some(long_ago())), note(3, "c1", None)])
        .execute(db)
        .await
        .unwrap();
}

/// The same database with a plugin.
async fn with_plugin(fresh: &Fresh, plugin: SoftDelete) -> Db {
    Db::builder(fresh.url.clone()).plugin(plugin).connect().await.unwrap()
}

async fn prepared(fresh: &Fresh) -> Db {
    filled(fresh).await;
    with_plugin(fresh, SoftDelete::new()).await
}

async fn names(executor: &dyn Executor) -> Vec<String> {
    select_from(people::table).order_by(people::id).select(people::name).fetch_all(executor).await.unwrap()
}

/// Who is deleted, and when, as it is in the database.
async fn deleted(fresh: &Fresh) -> Vec<(String, DateTime<Utc>)> {
    let rows = select_from(people::table).order_by(people::id).select((people::name, people::deleted_at));
    let rows = rows.fetch_all(&fresh.db).await.unwrap();
    rows.into_iter().filter_map(|(name, at)| Some((name, at?))).collect()
}

fn owned(rows: &[(&str, Option<&str>)]) -> Vec<(String, Option<String>)> {
    rows.iter().map(|(left, right)| ((*left).to_owned(), right.map(str::to_owned))).collect()
}

#[test]
fn sd1_sd2_sd19_reads_give_live_rows_unless_all_are_asked_for() {
    on_all(async |fresh| {
        let db = prepared(fresh).await;
        assert_eq!(names(&db).await, ["Ann", "Cid", "Dan"]);
        assert!(select_from(tags::table).fetch_all(&db).await.unwrap().is_empty());
        assert_eq!(names(&db.with(SoftDelete::include_deleted())).await, ["Ann", "Bob", "Cid", "Dan"]);
        assert_eq!(names(&db.with(SoftDelete::only_deleted())).await, ["Bob"]);
        let q = select_from(people::table).order_by(people::id).select(people::name);
        let all = q.clone().with(SoftDelete::include_deleted()).fetch_all(&db).await.unwrap();
        assert_eq!(all, ["Ann", "Bob", "Cid", "Dan"]);
        assert_eq!(q.clone().with(SoftDelete::only_deleted()).fetch_all(&db).await.unwrap(), ["Bob"]);
        assert_eq!(q.clone().without::<SoftDelete>().fetch_all(&db).await.unwrap().len(), 4);
        let either = people::name.eq("Ann").or(people::name.eq("Bob"));
        assert_eq!(q.filter(either).fetch_all(&db).await.unwrap(), ["Ann"]);
        let count = select_from(people::table).select((count_all(), people::id.max()));
        assert_eq!(count.fetch_one(&db).await.unwrap(), (3, Some(4)));
        let text = sql!("select name from people").fetch_all_as::<Name>(&db).await.unwrap();
        assert_eq!(text.len(), 4, "text is not filtered");
    });
}

#[test]
fn sd14_joins_keep_the_other_side() {
    on_all(async |fresh| {
        let db = prepared(fresh).await;
        let on = || notes::person_id.eq(people::id);
        let inner = select_from(people::table).inner_join(notes::table, on()).order_by(notes::id);
        let rows = inner.select((people::name, notes::text)).fetch_all(&db).await.unwrap();
        assert_eq!(rows, [("Ann", "a1"), ("Cid", "c1")].map(|(name, text)| (name.to_owned(), text.to_owned())));
        let left = select_from(people::table).left_join(notes::table, on()).order_by(people::id);
        let rows = left.select((people::name, notes::text)).fetch_all(&db).await.unwrap();
        assert_eq!(rows, owned(&[("Ann", Some("a1")), ("Cid", Some("c1")), ("Dan", None)]));
        let left = select_from(notes::table).left_join(people::table, on()).order_by(notes::id);
        let rows = left.select((notes::text, people::name)).fetch_all(&db).await.unwrap();
        assert_eq!(rows, owned(&[("a1", Some("Ann")), ("b1", None), ("c1", Some("Cid"))]));
        let right = select_from(notes::table).right_join(people::table, on()).order_by(people::id);
        let rows = right.select((people::name, notes::text)).fetch_all(&db).await.unwrap();
        assert_eq!(rows, owned(&[("Ann", Some("a1")), ("Cid", Some("c1")), ("Dan", None)]));
        let right = select_from(people::table).right_join(notes::table, on()).order_by(notes::id);
        let rows = right.select((notes::text, people::name)).fetch_all(&db).await.unwrap();
        assert_eq!(rows, owned(&[("a1", Some("Ann")), ("b1", None), ("c1", Some("Cid"))]));
    });
}

#[test]
fn sd14_full_joins_keep_both_sides() {
    on_each(&[Server::Sqlite, Server::Postgres15, Server::Postgres18], async |fresh| {
        let db = prepared(fresh).await;
        let full = select_from(people::table).full_join(notes::table, notes::person_id.eq(people::id));
        let mut rows = full.select((people::name, notes::text)).fetch_all(&db).await.unwrap();
        rows.sort();
        let expected = [(None, Some("b1")), (Some("Ann"), Some("a1")), (Some("Cid"), Some("c1")), (Some("Dan"), None)];
        assert_eq!(rows, expected.map(|(name, text)| (name.map(str::to_owned), text.map(str::to_owned))));
    });
}

#[test]
fn sd21_aliases_and_self_joins_are_filtered_each_for_itself() {
    on_all(async |fresh| {
        let db = prepared(fresh).await;
        alias!(boss = people);
        let on = || people::boss_id.eq(boss.id);
        let left = select_from(people::table).left_join(boss, on()).order_by(people::id);
        let rows = left.select((people::name, boss.name)).fetch_all(&db).await.unwrap();
        assert_eq!(rows, owned(&[("Ann", None), ("Cid", None), ("Dan", Some("Cid"))]));
        let inner = select_from(people::table).inner_join(boss, on()).select(people::name);
        assert_eq!(inner.fetch_all(&db).await.unwrap(), ["Dan"]);
        let aliased = select_from(boss).order_by(boss.id).select(boss.name);
        assert_eq!(aliased.fetch_all(&db).await.unwrap(), ["Ann", "Cid", "Dan"]);
    });
}

#[test]
fn sd21_queries_within_queries_are_filtered() {
    on_all(async |fresh| {
        let db = prepared(fresh).await;
        let own = || select_from(notes::table).correlate(people::table).filter(notes::person_id.eq(people::id));
        let q = || select_from(people::table).order_by(people::id);
        let counted = q().select((people::name, own().select(count_all()).scalar().coalesce(0)));
        let counts = [("Ann", 1), ("Cid", 1), ("Dan", 0)].map(|(name, count)| (name.to_owned(), count));
        assert_eq!(counted.fetch_all(&db).await.unwrap(), counts);
        let exists = q().filter(own().filter(notes::text.eq("a2")).exists()).select(people::name);
        assert!(exists.fetch_all(&db).await.unwrap().is_empty());
        let not_exists = q().filter(own().filter(notes::text.ne("a1")).not_exists()).select(people::name);
        assert_eq!(not_exists.fetch_all(&db).await.unwrap(), ["Ann", "Dan"]);
        let bosses = select_from(people::table).select(people::id);
        let within = select_from(notes::table).filter(notes::person_id.in_(bosses)).order_by(notes::id);
        assert_eq!(within.select(notes::text).fetch_all(&db).await.unwrap(), ["a1", "c1"]);
        let some = || select_from(people::table).select(people::name);
        let texts = select_from(notes::table).select(notes::text);
        let mut united = some().union(texts).fetch_all(&db).await.unwrap();
        united.sort();
        assert_eq!(united, ["Ann", "Cid", "Dan", "a1", "b1", "c1"]);
        let named = with(names::table, some()).select_from(names::table).order_by(names::name);
        assert_eq!(named.fetch_all(&db).await.unwrap().len(), 3);
        let derived = select_from(some().derived(names::table)).order_by(names::name).select(names::name);
        assert_eq!(derived.fetch_all(&db).await.unwrap(), ["Ann", "Cid", "Dan"]);
    });
}

#[test]
fn sd21_writes_read_live_rows() {
    on_all(async |fresh| {
        let db = prepared(fresh).await;
        let names = select_from(people::table).select(people::name);
        let outcome = insert_into(tags::table).from_select(tags::label, names).execute(&db).await.unwrap();
        assert_eq!(outcome.rows_affected, 3);
        let outcome = update(notes::table)
            .from(people::table)
            .set(notes::text.to(people::name))
            .filter(notes::person_id.eq(people::id))
            .execute(&db)
            .await
            .unwrap();
        assert_eq!(outcome.rows_affected, 2);
        let texts = select_from(notes::table).order_by(notes::id).select(notes::text);
        assert_eq!(texts.fetch_all(&fresh.db).await.unwrap(), ["Ann", "b1", "a2", "Cid"]);
        let renamed = update(people::table).set(people::name.to("x")).filter(people::id.le(2)).execute(&db).await;
        assert_eq!(renamed.unwrap().rows_affected, 1, "a deleted row is not updated");
        let all = update(people::table).set(people::name.to("y")).all_rows();
        assert_eq!(all.clone().execute(&db).await.unwrap().rows_affected, 3);
        assert_eq!(all.with(SoftDelete::include_deleted()).execute(&db).await.unwrap().rows_affected, 4);
        let none = update(people::table).set(people::name.to("z")).execute(&db).await;
        assert!(none.is_err(), "an update without a filter stays refused");
    });
}

#[test]
fn sd15_sd6_a_delete_sets_the_time_once() {
    on_all(async |fresh| {
        let db = prepared(fresh).await;
        let before = DateTime::<Utc>::from(SystemTime::now()) - chrono::Duration::seconds(60);
        let some = || delete_from(people::table).filter(people::id.le(3));
        assert_eq!(some().execute(&db).await.unwrap().rows_affected, 2, "those that were deleted now");
        let first = deleted(fresh).await;
        assert_eq!(first.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["Ann", "Bob", "Cid"]);
        assert_eq!(first[1].1, long_ago());
        assert_eq!(first[0].1, first[2].1, "one time for all");
        assert!(
            first[0].1 > before
                && first[0].1 < DateTime::<Utc>::from(SystemTime::now()) + chrono::Duration::seconds(60)
        );
        assert_eq!(some().execute(&db).await.unwrap().rows_affected, 0);
        assert_eq!(some().with(SoftDelete::include_deleted()).execute(&db).await.unwrap().rows_affected, 0);
        assert_eq!(deleted(fresh).await, first, "the first time stays");
        assert_eq!(names(&db).await, ["Dan"]);
        let again = some().with(SoftDelete::only_deleted()).execute(&db).await.unwrap_err();
        assert!(again.to_string().contains("`soft delete` refused this delete of `people`"), "{again}");
        let unsaid = delete_from(people::table).execute(&db).await.unwrap_err();
        assert!(super::why(&unsaid).contains(".all_rows()"), "{unsaid}");
        assert_eq!(delete_from(people::table).all_rows().execute(&db).await.unwrap().rows_affected, 1);
        assert!(names(&db).await.is_empty());
        assert_eq!(deleted(fresh).await.len(), 4);
    });
}

#[test]
fn sd15_returning_gives_the_rows_that_were_deleted_now() {
    on_all(async |fresh| {
        let db = prepared(fresh).await;
        let q = delete_from(people::table).filter(people::id.le(2)).returning((people::name, people::deleted_at));
        match q.fetch_all(&db).await {
            Ok(rows) => assert!(matches!(&rows[..], [(name, Some(_))] if name == "Ann"), "{rows:?}"),
            Err(error) => {
                assert!(matches!(fresh.server, Server::Mysql9 | Server::Mariadb) && error.is_unsupported(), "{error}");
                assert_eq!(names(&db).await, ["Ann", "Cid", "Dan"]);
            }
        }
    });
}

#[test]
fn sd15_a_hard_delete_takes_live_and_deleted_rows() {
    on_all(async |fresh| {
        let db = prepared(fresh).await;
        let purge = delete_from(people::table).all_rows().with(SoftDelete::only_deleted());
        assert_eq!(purge.with(SoftDelete::hard_delete()).execute(&db).await.unwrap().rows_affected, 1);
        assert_eq!(names(&fresh.db).await, ["Ann", "Cid", "Dan"]);
        let both = delete_from(notes::table).filter(notes::person_id.eq(1)).with(SoftDelete::hard_delete());
        assert_eq!(both.execute(&db).await.unwrap().rows_affected, 2);
        let unsaid = delete_from(people::table).with(SoftDelete::hard_delete()).execute(&db).await;
        assert!(unsaid.unwrap_err().is_invalid());
        delete_from(tags::table).all_rows().execute(&db).await.unwrap();
    });
}

#[test]
fn sd21_deletes_with_other_tables() {
    on_all(async |fresh| {
        let db = prepared(fresh).await;
        let q = || delete_from(notes::table).using(people::table).filter(notes::person_id.eq(people::id));
        assert_eq!(q().filter(people::name.eq("Bob")).execute(&db).await.unwrap().rows_affected, 0);
        assert_eq!(q().filter(people::name.eq("Ann")).execute(&db).await.unwrap().rows_affected, 1);
        let live = select_from(notes::table).order_by(notes::id).select(notes::text);
        assert_eq!(live.clone().fetch_all(&db).await.unwrap(), ["b1", "c1"]);
        let gone = select_from(people::table).filter(people::name.eq("Bob")).select(people::id);
        let of_gone = delete_from(notes::table).filter(notes::person_id.in_(gone));
        assert_eq!(of_gone.clone().execute(&db).await.unwrap().rows_affected, 0);
        let of_gone = of_gone.with(SoftDelete::only_deleted().of(["people"]));
        assert_eq!(of_gone.execute(&db).await.unwrap().rows_affected, 1);
        assert_eq!(live.fetch_all(&db).await.unwrap(), ["c1"]);
        let all = select_from(notes::table).select(count_all()).fetch_one(&fresh.db).await.unwrap();
        assert_eq!(all, 4, "nothing is really deleted");
    });
}

#[test]
fn sd21_a_delete_may_read_its_own_table() {
    on_all(async |fresh| {
        let db = prepared(fresh).await;
        let first = select_from(people::table).order_by(people::id).limit(2).select(people::id);
        let q = delete_from(people::table).filter(people::id.in_(first));
        assert_eq!(q.execute(&db).await.unwrap().rows_affected, 2, "the first two that live");
        assert_eq!(names(&db).await, ["Dan"]);
    });
}

#[test]
fn sd3_tables_that_are_named_by_text_are_known_where_they_are_declared() {
    let by_text = |name: &str| -> ast::Statement {
        ast::Select {
            columns: [ast::SelectItem::Expr(ast::SelectExpr { expr: 1_i64.into(), alias: None })].into_iter().collect(),
            from: [ast::TableRef::Table(ast::Table { name: name.into(), alias: None })].into_iter().collect(),
            ..ast::Select::default()
        }
        .into()
    };
    on_each(&[Server::Sqlite], async |fresh| {
        let builder = Db::builder(fresh.url.clone()).plugin(SoftDelete::new());
        let db = builder.table(people::table).connect().await.unwrap();
        let sql = |name| db.compile(by_text(name)).unwrap().0.sql;
        assert_eq!(sql("people"), r#"select ?1 from "people" where "people"."deleted_at" is null"#);
        assert_eq!(sql("notes"), r#"select ?1 from "notes""#);
    });
}

#[test]
fn sd15_deletes_in_common_table_expressions() {
    on_each(&[Server::Postgres15, Server::Postgres18], async |fresh| {
        let db = prepared(fresh).await;
        let gone = delete_from(people::table).filter(people::id.le(2)).returning(people::name);
        let q = with(names::table, gone).select_from(names::table).select(names::name);
        assert_eq!(q.fetch_all(&db).await.unwrap(), ["Ann"]);
        assert_eq!(names(&fresh.db).await.len(), 4);
        assert_eq!(names(&db).await, ["Cid", "Dan"]);
        let unsaid = delete_from(people::table).returning(people::name);
        assert!(with(names::table, unsaid).select_from(names::table).fetch_all(&db).await.is_err());
    });
}

#[test]
fn sd13_sd16_restores_cascades_and_transactions() {
    on_all(async |fresh| {
        let db = prepared(fresh).await;
        let restore = || update(people::table).set(people::deleted_at.to(None)).all_rows();
        let restore = || restore().with(SoftDelete::only_deleted());
        let trx = db.begin().await.unwrap();
        assert_eq!(restore().execute(&trx).await.unwrap().rows_affected, 1);
        delete_from(people::table).filter(people::name.eq("Ann")).execute(&trx).await.unwrap();
        assert_eq!(names(&trx).await, ["Bob", "Cid", "Dan"]);
        trx.rollback().await.unwrap();
        assert_eq!(names(&db).await, ["Ann", "Cid", "Dan"]);
        db.transaction(async |trx| delete_from(people::table).filter(people::id.eq(1)).execute(trx).await)
            .await
            .unwrap();
        assert_eq!(names(&db).await, ["Cid", "Dan"]);
        let texts = select_from(notes::table).order_by(notes::id).select(notes::text);
        assert_eq!(texts.fetch_all(&db).await.unwrap(), ["a1", "b1", "c1"], "nothing cascades");
        assert_eq!(restore().execute(&db).await.unwrap().rows_affected, 2);
        assert_eq!(restore().execute(&db).await.unwrap().rows_affected, 0, "live rows are not restored");
        assert_eq!(names(&db).await, ["Ann", "Bob", "Cid", "Dan"]);
    });
}

#[test]
fn sd3_which_tables_and_which_column() {
    on_all(async |fresh| {
        filled(fresh).await;
        create_table_for::<Paper>().execute(&fresh.db).await.unwrap();
        insert_into(papers::table).values([NewPaper::new("x"), NewPaper::new("y")]).execute(&fresh.db).await.unwrap();
        let own = with_plugin(fresh, SoftDelete::new().column("removed_at")).await;
        delete_from(papers::table).filter(papers::title.eq("x")).execute(&own).await.unwrap();
        assert_eq!(select_from(papers::table).select(papers::title).fetch_all(&own).await.unwrap(), ["y"]);
        assert_eq!(select_from(papers::table).fetch_all(&fresh.db).await.unwrap().len(), 2);
        assert_eq!(names(&own).await.len(), 4, "a table without the column is left alone");
        let notes_of = async |db: &Db| select_from(notes::table).fetch_all(db).await.unwrap().len();
        let only = with_plugin(fresh, SoftDelete::new().only(["People"])).await;
        assert_eq!((names(&only).await.len(), notes_of(&only).await), (3, 4));
        let except = with_plugin(fresh, SoftDelete::new().except(["people"])).await;
        assert_eq!((names(&except).await.len(), notes_of(&except).await), (4, 3));
        let both = with_plugin(fresh, SoftDelete::new().only(["people"]).except(["people"])).await;
        assert_eq!((names(&both).await.len(), notes_of(&both).await), (3, 4));
    });
}

#[test]
fn sd17_names_of_columns_are_quoted() {
    const HOSTILE: [&str; 5] =
        ["deleted_at\" is null or 1=1 --", "x` is null or 1=1 -- ", "'); drop table people; --", "", "a\0b"];
    on_all(async |fresh| {
        filled(fresh).await;
        for name in HOSTILE {
            let db = with_plugin(fresh, SoftDelete::new().column(name).only(["people"])).await;
            assert!(select_from(people::table).fetch_all(&db).await.is_err(), "{name:?}");
            assert!(delete_from(people::table).all_rows().execute(&db).await.is_err(), "{name:?}");
            assert_eq!(names(&fresh.db).await.len(), 4);
            assert_eq!(deleted(fresh).await.len(), 1);
        }
    });
}

#[test]
fn sd17_a_column_may_have_a_name_that_looks_like_sql() {
    const NAME: &str = "x`\" is null or 1=1 -- ' \\";
    #[derive(Clone, Debug, PartialEq, Table)]
    #[table(name = "odds")]
    pub struct Odd {
        #[column(primary_key)]
        pub id: i64,
        #[column(name = "x`\" is null or 1=1 -- ' \\")]
        pub gone: Option<DateTime<Utc>>,
    }
    on_all(async |fresh| {
        create_table_for::<Odd>().execute(&fresh.db).await.unwrap();
        let db = with_plugin(fresh, SoftDelete::new().column(NAME)).await;
        insert_into(odds::table).values([NewOdd::new(1), NewOdd::new(2)]).execute(&db).await.unwrap();
        let ids = || select_from(odds::table).order_by(odds::id).select(odds::id);
        assert_eq!(delete_from(odds::table).filter(odds::id.eq(1)).execute(&db).await.unwrap().rows_affected, 1);
        assert_eq!(ids().fetch_all(&db).await.unwrap(), [2]);
        assert_eq!(ids().with(SoftDelete::only_deleted()).fetch_all(&db).await.unwrap(), [1]);
    });
}

#[test]
fn a_column_that_holds_no_instants_needs_a_clock() {
    #[derive(Clone, Debug, PartialEq, Table)]
    #[table(name = "counts")]
    pub struct Count {
        #[column(primary_key, generated)]
        pub id: i64,
        pub deleted_at: Option<i64>,
    }
    on_all(async |fresh| {
        create_table_for::<Count>().execute(&fresh.db).await.unwrap();
        insert_into(counts::table).values(NewCount::new()).execute(&fresh.db).await.unwrap();
        let gone = || delete_from(counts::table).all_rows();
        let db = with_plugin(fresh, SoftDelete::new()).await;
        assert!(gone().execute(&db).await.is_err());
        let db = with_plugin(fresh, SoftDelete::new().clock(|| 77_i64)).await;
        assert_eq!(gone().execute(&db).await.unwrap().rows_affected, 1);
        let at = select_from(counts::table).select(counts::deleted_at);
        assert_eq!(at.clone().fetch_all(&fresh.db).await.unwrap(), [Some(77)]);
        assert!(at.fetch_all(&db).await.unwrap().is_empty());
    });
}

#[test]
fn sd21_an_upsert_updates_the_deleted_row_and_may_revive_it() {
    #[derive(Clone, Debug, PartialEq, Table)]
    #[table(name = "keys")]
    pub struct Key {
        #[column(primary_key)]
        pub id: i64,
        pub text: String,
        pub deleted_at: Option<DateTime<Utc>>,
    }
    on_all(async |fresh| {
        create_table_for::<Key>().execute(&fresh.db).await.unwrap();
        let db = with_plugin(fresh, SoftDelete::new()).await;
        let is_mysql = matches!(fresh.server, Server::Mysql9 | Server::Mariadb);
        let put = async |text: &str, revive: bool| {
            let row = insert_into(keys::table).values(NewKey::new(1_i64, text));
            let (text, live) = (keys::text.excluded(), keys::deleted_at.to(None));
            let q = match (is_mysql, revive) {
                (true, false) => row.on_duplicate_key_update(text),
                (true, true) => row.on_duplicate_key_update((text, live)),
                (false, false) => row.on_conflict(keys::id).do_update(text),
                (false, true) => row.on_conflict(keys::id).do_update((text, live)),
            };
            q.execute(&db).await.unwrap();
            select_from(keys::table).select(keys::text).fetch_all(&db).await.unwrap()
        };
        assert_eq!(put("a", false).await, ["a"]);
        delete_from(keys::table).all_rows().execute(&db).await.unwrap();
        assert!(put("b", false).await.is_empty());
        assert_eq!(put("c", true).await, ["c"]);
    });
}

#[test]
fn sd21_a_partial_key_lets_a_name_be_used_again() {
    on_each(&[Server::Sqlite, Server::Postgres15, Server::Postgres18], async |fresh| {
        let db = prepared(fresh).await;
        db.batch("create unique index live_names on people (name) where deleted_at is null").await.unwrap();
        let add = |name: &str| insert_into(people::table).values(NewPerson::new(name));
        add("Bob").execute(&db).await.unwrap();
        assert!(add("Ann").execute(&db).await.unwrap_err().is_unique_violation());
        delete_from(people::table).filter(people::name.eq("Ann")).execute(&db).await.unwrap();
        add("Ann").execute(&db).await.unwrap();
    });
}
