//! Timestamps, on all servers.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use kysera::expr::ConditionOn;
use kysera::plugin::{SoftDelete, Timestamps};
use kysera::prelude::*;
use kysera::schema::create_table_for;

use crate::support::servers::Fresh;
use crate::support::{Server, on_all, on_each};

type Instant = DateTime<Utc>;

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "things")]
pub struct Thing {
    #[column(primary_key)]
    pub id: i64,
    #[column(default = "x", type = "varchar(50)")]
    pub name: String,
    pub created_at: Option<Instant>,
    pub updated_at: Option<Instant>,
    pub deleted_at: Option<Instant>,
}

/// A table without the columns.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "plain")]
pub struct Plain {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
}

/// Times in seconds, in columns of other names.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "seconds")]
pub struct Second {
    #[column(primary_key, generated)]
    pub id: i64,
    #[column(default = 0)]
    pub made: i64,
    pub changed: Option<i64>,
}

/// The shape of common table expressions.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "ids")]
pub struct Id {
    pub id: i64,
}

pub fn long_ago() -> Instant {
    "2001-02-03T04:05:06Z".parse().unwrap()
}

pub fn recent(at: Instant) -> bool {
    let now = SystemTime::now();
    at > Instant::from(now - Duration::from_secs(60)) && at < Instant::from(now + Duration::from_secs(60))
}

async fn with_plugin(fresh: &Fresh, plugin: Timestamps) -> Db {
    Db::builder(fresh.url.clone()).plugin(plugin).connect().await.unwrap()
}

async fn prepared(fresh: &Fresh, plugin: Timestamps) -> Db {
    create_table_for::<Thing>().execute(&fresh.db).await.unwrap();
    create_table_for::<Plain>().execute(&fresh.db).await.unwrap();
    with_plugin(fresh, plugin).await
}

async fn things(fresh: &Fresh) -> Vec<(Option<Instant>, Option<Instant>)> {
    let q = select_from(things::table).order_by(things::id).select((things::created_at, things::updated_at));
    q.fetch_all(&fresh.db).await.unwrap()
}

/// Makes a time that has passed differ from now on a clock of milliseconds.
async fn a_moment() {
    tokio::time::sleep(Duration::from_millis(5)).await;
}

#[test]
fn ts1_ts2_ts10_ts12_rows_are_stamped_when_made_and_when_changed() {
    on_all(async |fresh| {
        let db = prepared(fresh, Timestamps::new()).await;
        let rows: Vec<_> = (1..=120).map(NewThing::new).collect();
        insert_into(things::table).values(rows).execute(&db).await.unwrap();
        let made = things(fresh).await;
        let (created, updated) = made[0];
        assert!(created.is_some_and(recent) && updated.is_none(), "{created:?} {updated:?}");
        assert_eq!(made, vec![(created, None); 120], "one time for all");
        a_moment().await;
        let rename = || update(things::table).set(things::name.to("y"));
        assert_eq!(rename().filter(things::id.le(100)).execute(&db).await.unwrap().rows_affected, 100);
        let changed = things(fresh).await;
        let updated = changed[0].1;
        assert!(updated > created && updated.is_some_and(recent), "{updated:?}");
        assert_eq!(changed[..100], vec![(created, updated); 100]);
        assert_eq!(changed[100..], vec![(created, None); 20], "only the rows that are changed");
        a_moment().await;
        db.transaction(async |trx| rename().filter(things::id.eq(1)).execute(trx).await).await.unwrap();
        assert!(things(fresh).await[0].1 > updated);
        let nothing = update(things::table).set(ThingPatch::default()).all_rows().execute(&db).await;
        assert!(nothing.unwrap_err().is_invalid(), "an update of nothing stays refused");
        let nothing = insert_into(things::table).values(Vec::<NewThing>::new()).execute(&db).await;
        assert!(nothing.is_err(), "an insert of nothing stays refused");
        insert_into(plain::table).values(NewPlain::new(1, "x")).execute(&db).await.unwrap();
        update(plain::table).set(plain::name.to("y")).all_rows().execute(&db).await.unwrap();
    });
}

#[test]
fn ts1_an_insert_may_give_both() {
    on_all(async |fresh| {
        let db = prepared(fresh, Timestamps::new().updated_on_insert()).await;
        insert_into(things::table).from_rows((things::id,), [(1,), (2,)]).execute(&db).await.unwrap();
        insert_into(things::table).values(NewThing::new(3)).execute(&db).await.unwrap();
        for (created, updated) in things(fresh).await {
            assert!(created.is_some_and(recent) && created == updated, "{created:?} {updated:?}");
        }
    });
}

#[test]
fn ts3_ts4_what_the_statement_says_wins() {
    on_all(async |fresh| {
        let db = prepared(fresh, Timestamps::new().updated_on_insert()).await;
        let old = Some(long_ago());
        let rows = [NewThing { created_at: old, ..NewThing::new(1) }, NewThing::new(2)];
        insert_into(things::table).values(rows).execute(&db).await.unwrap();
        let rows = things(fresh).await;
        assert_eq!(rows[0].0, old);
        assert!(rows[0].1.is_some_and(recent) && rows[1].0.is_some_and(recent), "{rows:?}");
        let set = things::updated_at.to(long_ago());
        update(things::table).set((things::name.to("y"), set)).filter(things::id.eq(1)).execute(&db).await.unwrap();
        let set = things::updated_at.to(None);
        update(things::table).set((things::name.to("y"), set)).filter(things::id.eq(2)).execute(&db).await.unwrap();
        let rows = things(fresh).await;
        assert_eq!((rows[0].1, rows[1].1), (old, None));
        let without = insert_into(things::table).values(NewThing::new(3)).without::<Timestamps>();
        without.execute(&db).await.unwrap();
        let without = update(things::table).set(things::name.to("z")).all_rows().without::<Timestamps>();
        without.execute(&db).await.unwrap();
        let rows = things(fresh).await;
        assert_eq!((rows[0].1, rows[1].1, rows[2]), (old, None, (None, None)));
    });
}

#[test]
fn ts5_a_clock_of_the_program_is_asked_once_for_a_statement() {
    on_all(async |fresh| {
        create_table_for::<Second>().execute(&fresh.db).await.unwrap();
        let names = || Timestamps::new().created("made").updated("changed");
        let db = with_plugin(fresh, names()).await;
        let refused = insert_into(seconds::table).values(NewSecond::new()).execute(&db).await.unwrap_err();
        let why = super::why(&refused);
        assert!(why.contains("`made` of `seconds` holds no instants"), "{why}");
        let time = Arc::new(AtomicI64::new(100));
        let clock = Arc::clone(&time);
        let db =
            with_plugin(fresh, names().updated_on_insert().clock(move || clock.fetch_add(1, Ordering::Relaxed))).await;
        insert_into(seconds::table).values([NewSecond::new(), NewSecond::new()]).execute(&db).await.unwrap();
        insert_into(seconds::table).default_values().execute(&db).await.unwrap();
        let rows = select_from(seconds::table).order_by(seconds::id).select((seconds::made, seconds::changed));
        assert_eq!(rows.clone().fetch_all(&db).await.unwrap(), [(100, Some(100)), (100, Some(100)), (101, Some(101))]);
        update(seconds::table).set(seconds::made.to(7)).all_rows().execute(&db).await.unwrap();
        assert_eq!(rows.fetch_all(&db).await.unwrap(), [(7, Some(102)); 3]);
        assert_eq!(time.load(Ordering::Relaxed), 103, "a query asks no clock");
    });
}

#[test]
fn ts5_a_clock_gives_instants_to_queries_too() {
    on_all(async |fresh| {
        let db = prepared(fresh, Timestamps::new().clock(long_ago).updated_on_insert()).await;
        insert_into(plain::table).values([NewPlain::new(1, "a"), NewPlain::new(2, "b")]).execute(&db).await.unwrap();
        let some = || select_from(plain::table).select((plain::id, plain::name));
        insert_into(things::table).from_select((things::id, things::name), some()).execute(&db).await.unwrap();
        let next = || select_from(plain::table).select((plain::id + 2, plain::name));
        let both = next().union(next());
        insert_into(things::table).from_select((things::id, things::name), both).execute(&db).await.unwrap();
        assert_eq!(things(fresh).await, [(Some(long_ago()), Some(long_ago())); 4]);
    });
}

#[test]
fn ts6_which_tables() {
    on_all(async |fresh| {
        let db = prepared(fresh, Timestamps::new().except(["things"])).await;
        insert_into(things::table).values(NewThing::new(1)).execute(&db).await.unwrap();
        let db = with_plugin(fresh, Timestamps::new().only(["things"]).except(["things"])).await;
        insert_into(things::table).values(NewThing::new(2)).execute(&db).await.unwrap();
        insert_into(plain::table).values(NewPlain::new(1, "x")).execute(&db).await.unwrap();
        let rows = things(fresh).await;
        assert_eq!(rows[0], (None, None));
        assert!(rows[1].0.is_some_and(recent));
        let hostile = Timestamps::new().updated("x\" = 1 --").only(["things"]);
        let db = with_plugin(fresh, hostile).await;
        update(things::table).set(things::name.to("changed")).all_rows().execute(&db).await.unwrap();
        let renamed = select_from(things::table).filter(things::name.eq("changed")).select(count_all());
        assert_eq!(renamed.fetch_one(&fresh.db).await.unwrap(), 2, "a column that is not declared is not set");
    });
}

#[test]
fn ts6_a_column_may_have_a_name_that_looks_like_sql() {
    const NAME: &str = "x`\" = 1 -- ' \\";
    #[derive(Clone, Debug, PartialEq, Table)]
    #[table(name = "odd_times")]
    pub struct OddTime {
        #[column(primary_key)]
        pub id: i64,
        #[column(default = 0)]
        pub n: i64,
        #[column(name = "x`\" = 1 -- ' \\")]
        pub at: Option<Instant>,
    }
    on_all(async |fresh| {
        create_table_for::<OddTime>().execute(&fresh.db).await.unwrap();
        let db = with_plugin(fresh, Timestamps::new().created(NAME)).await;
        insert_into(odd_times::table).values([NewOddTime::new(1), NewOddTime::new(2)]).execute(&db).await.unwrap();
        let next = select_from(odd_times::table).select((odd_times::id + 2, odd_times::n));
        insert_into(odd_times::table).from_select((odd_times::id, odd_times::n), next).execute(&db).await.unwrap();
        let db = with_plugin(fresh, Timestamps::new().updated(NAME)).await;
        update(odd_times::table).set(odd_times::n.to(1)).filter(odd_times::id.eq(1)).execute(&db).await.unwrap();
        let at = select_from(odd_times::table).select(odd_times::at).fetch_all(&db).await.unwrap();
        assert!(at.len() == 4 && at.iter().all(|at| at.is_some_and(recent)), "{at:?}");
    });
}

#[test]
fn ts11_a_delete_and_a_restore_are_no_changes() {
    on_all(async |fresh| {
        create_table_for::<Thing>().execute(&fresh.db).await.unwrap();
        let soft_first = Db::builder(fresh.url.clone()).plugin(SoftDelete::new()).plugin(Timestamps::new());
        let soft_last = Db::builder(fresh.url.clone()).plugin(Timestamps::new()).plugin(SoftDelete::new());
        for (id, builder) in [(1, soft_first), (2, soft_last)] {
            let db = builder.connect().await.unwrap();
            let own = || select_from(things::table).filter(things::id.eq(id));
            let times = || own().select((things::created_at, things::updated_at));
            insert_into(things::table).values(NewThing::new(id)).execute(&db).await.unwrap();
            let rename = || update(things::table).set(things::name.to("y")).filter(things::id.eq(id)).execute(&db);
            rename().await.unwrap();
            let before = times().fetch_one(&db).await.unwrap();
            a_moment().await;
            delete_from(things::table).filter(things::id.eq(id)).execute(&db).await.unwrap();
            assert!(times().fetch_optional(&db).await.unwrap().is_none());
            let gone = times().with(SoftDelete::only_deleted()).fetch_one(&db).await.unwrap();
            assert_eq!(gone, before);
            let restore = update(things::table).set(things::deleted_at.to(None)).filter(things::id.eq(id));
            restore.with(SoftDelete::only_deleted()).execute(&db).await.unwrap();
            assert_eq!(times().fetch_one(&db).await.unwrap(), before);
            rename().await.unwrap();
            let after = times().fetch_one(&db).await.unwrap();
            assert!(after.0 == before.0 && after.1 > before.1, "{before:?} {after:?}");
        }
        let db = with_plugin(fresh, Timestamps::new().unless_only(["name"])).await;
        update(things::table).set(things::updated_at.to(None)).all_rows().execute(&db).await.unwrap();
        update(things::table).set(things::name.to("z")).all_rows().execute(&db).await.unwrap();
        assert!(things(fresh).await.iter().all(|(_, updated)| updated.is_none()));
        update(things::table).set(things::deleted_at.to(None)).all_rows().execute(&db).await.unwrap();
        assert!(things(fresh).await.iter().all(|(_, updated)| updated.is_some()));
    });
}

#[test]
fn ts12_an_upsert_stamps_what_it_does() {
    on_all(async |fresh| {
        let db = prepared(fresh, Timestamps::new()).await;
        let is_mysql = matches!(fresh.server, Server::Mysql9 | Server::Mariadb);
        let put = async || {
            let row = insert_into(things::table).values([NewThing::new(1), NewThing::new(2)]);
            let q = if is_mysql {
                row.on_duplicate_key_update(things::name.to("y"))
            } else {
                row.on_conflict(things::id).do_update(things::name.to("y"))
            };
            q.execute(&db).await.unwrap();
            things(fresh).await
        };
        insert_into(things::table).values(NewThing::new(1)).execute(&db).await.unwrap();
        let created = things(fresh).await[0].0;
        a_moment().await;
        let rows = put().await;
        assert_eq!(rows[0].0, created, "the row was there");
        assert!(rows[0].1 > created && rows[0].1.is_some_and(recent));
        assert!(rows[1].0 > created && rows[1].1.is_none(), "the row was not there");
        let nothing = insert_into(things::table).values(NewThing::new(1)).on_conflict_do_nothing();
        nothing.execute(&db).await.unwrap();
        assert_eq!(things(fresh).await, rows);
    });
}

#[test]
fn ts12_inserts_from_queries_and_of_defaults() {
    on_all(async |fresh| {
        let db = prepared(fresh, Timestamps::new().updated_on_insert()).await;
        insert_into(plain::table).values([NewPlain::new(1, "a"), NewPlain::new(2, "a")]).execute(&db).await.unwrap();
        let columns = (things::id, things::name);
        let some = |first: i64| select_from(plain::table).select((plain::id + first, plain::name));
        insert_into(things::table).from_select(columns, some(0)).execute(&db).await.unwrap();
        insert_into(things::table).from_select(columns, some(2).union(some(2))).execute(&db).await.unwrap();
        let sums =
            select_from(plain::table).group_by(plain::name).select((plain::id.max().coalesce(0) + 10, plain::name));
        insert_into(things::table).from_select(columns, sums).execute(&db).await.unwrap();
        let own = select_from(things::table).filter(things::id.le(2)).select((things::id + 20, things::name));
        insert_into(things::table).from_select(columns, own).execute(&db).await.unwrap();
        let own = select_from(things::table).filter(things::id.le(2)).select((things::id + 20, things::name));
        insert_into(things::table).from_select(columns, own).on_conflict_do_nothing().execute(&db).await.unwrap();
        let rows = things(fresh).await;
        assert_eq!(rows.len(), 7);
        assert!(rows.iter().all(|(created, updated)| created.is_some_and(recent) && created == updated), "{rows:?}");
        let given = select_from(plain::table).select((plain::id + 30, value(Some(long_ago()))));
        insert_into(things::table).from_select((things::id, things::created_at), given).execute(&db).await.unwrap();
        let rows = things(fresh).await;
        assert_eq!(rows[7].0, Some(long_ago()));
        assert!(rows[7].1.is_some_and(recent));
    });
}

#[test]
fn ts12_inserts_and_updates_in_common_table_expressions() {
    on_each(&[Server::Postgres15, Server::Postgres18], async |fresh| {
        let db = prepared(fresh, Timestamps::new()).await;
        let made = insert_into(things::table).values(NewThing::new(1)).returning(things::id);
        let q = with(ids::table, made).select_from(ids::table).select(ids::id);
        assert_eq!(q.fetch_all(&db).await.unwrap(), [1]);
        let changed = update(things::table).set(things::name.to("y")).all_rows().returning(things::id);
        let q = with(ids::table, changed).select_from(ids::table).select(ids::id);
        assert_eq!(q.fetch_all(&db).await.unwrap(), [1]);
        let (created, updated) = things(fresh).await[0];
        assert!(created.is_some_and(recent) && updated.is_some_and(recent));
    });
}

#[test]
fn ts12_updates_with_other_tables() {
    on_all(async |fresh| {
        let db = prepared(fresh, Timestamps::new()).await;
        insert_into(plain::table).values(NewPlain::new(1, "a")).execute(&db).await.unwrap();
        insert_into(things::table).values([NewThing::new(1), NewThing::new(2)]).execute(&db).await.unwrap();
        let q = update(things::table).from(plain::table).set(things::name.to(plain::name));
        let outcome = q.filter(things::id.eq(plain::id)).execute(&db).await.unwrap();
        assert_eq!(outcome.rows_affected, 1);
        let rows = things(fresh).await;
        assert!(rows[0].1.is_some_and(recent) && rows[1].1.is_none());
    });
}

/// Times in the text of ISO 8601.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "texts")]
pub struct Text {
    #[column(primary_key, generated)]
    pub id: i64,
    #[column(default = 0)]
    pub n: i64,
    #[column(type = "varchar(40)", default = "")]
    pub created_at: String,
    #[column(type = "varchar(40)")]
    pub updated_at: Option<String>,
}

#[test]
fn ts5_a_clock_may_say_text() {
    on_all(async |fresh| {
        create_table_for::<Text>().execute(&fresh.db).await.unwrap();
        let clock = || long_ago().format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let db = with_plugin(fresh, Timestamps::new().clock(clock)).await;
        insert_into(texts::table).set(texts::n.to(1)).execute(&db).await.unwrap();
        update(texts::table).set(texts::n.to(2)).all_rows().execute(&db).await.unwrap();
        let row = select_from(texts::table).fetch_one(&db).await.unwrap();
        let text = "2001-02-03T04:05:06Z";
        assert_eq!((row.created_at.as_str(), row.updated_at.as_deref()), (text, Some(text)));
        let refused = with_plugin(fresh, Timestamps::new()).await;
        let error = update(texts::table).set(texts::n.to(3)).all_rows().execute(&refused).await.unwrap_err();
        assert!(error.is_invalid(), "the database's clock says no text: {error}");
    });
}

#[test]
fn ts9_a_touch_sets_nothing_but_the_time() {
    on_all(async |fresh| {
        let db = prepared(fresh, Timestamps::new()).await;
        let rows: Vec<_> = (1..=150).map(NewThing::new).collect();
        insert_into(things::table).values(rows).execute(&db).await.unwrap();
        let before = select_from(things::table).order_by(things::id).fetch_all(&fresh.db).await.unwrap();
        a_moment().await;
        let touch = |ids: Vec<i64>| update(things::table).filter(things::id.in_(ids)).with(Timestamps::touch());
        assert_eq!(touch((1..=120).collect()).execute(&db).await.unwrap().rows_affected, 120);
        assert_eq!(touch(Vec::new()).execute(&db).await.unwrap().rows_affected, 0);
        let after = select_from(things::table).order_by(things::id).fetch_all(&fresh.db).await.unwrap();
        let time = after[0].updated_at;
        assert!(time.is_some_and(recent) && time > before[0].created_at);
        for (before, after) in before.into_iter().zip(&after) {
            let updated_at = if before.id <= 120 { time } else { None };
            assert_eq!(*after, Thing { updated_at, ..before }, "one time for all, and nothing else");
        }
        // It does not take the place of a filter, and is nothing without the plugin or its column.
        assert!(update(things::table).with(Timestamps::touch()).execute(&db).await.unwrap_err().is_invalid());
        let plain = update(plain::table).all_rows().with(Timestamps::touch()).execute(&db).await;
        assert!(plain.unwrap_err().is_invalid());
        let without = touch(vec![1]).without::<Timestamps>().execute(&db).await;
        assert!(without.unwrap_err().is_invalid());
        // What an update sets by itself is stamped as ever.
        let both = update(things::table).set(things::name.to("y")).filter(things::id.eq(150));
        both.with(Timestamps::touch()).execute(&db).await.unwrap();
        let last = select_from(things::table).filter(things::id.eq(150)).fetch_one(&db).await.unwrap();
        assert!(last.name == "y" && last.updated_at.is_some());
        // A deleted row is not touched.
        let soft = Db::builder(fresh.url.clone()).plugin(SoftDelete::new()).plugin(Timestamps::new());
        let soft = soft.connect().await.unwrap();
        delete_from(things::table).filter(things::id.eq(1)).execute(&soft).await.unwrap();
        assert_eq!(touch(vec![1, 2]).execute(&soft).await.unwrap().rows_affected, 1);
    });
}

/// A key of another name and type.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "keyed")]
pub struct Keyed {
    #[column(primary_key, type = "varchar(20)")]
    pub code: String,
    pub updated_at: Option<Instant>,
}

#[test]
fn ts9_ts10_a_touch_takes_any_key_and_belongs_to_its_transaction() {
    on_all(async |fresh| {
        create_table_for::<Keyed>().execute(&fresh.db).await.unwrap();
        let db = with_plugin(fresh, Timestamps::new().clock(long_ago)).await;
        insert_into(keyed::table).values([NewKeyed::new("a"), NewKeyed::new("b")]).execute(&db).await.unwrap();
        let touch = || update(keyed::table).filter(keyed::code.eq("a")).with(Timestamps::touch());
        let trx = db.begin().await.unwrap();
        assert_eq!(touch().execute(&trx).await.unwrap().rows_affected, 1);
        trx.rollback().await.unwrap();
        let times = select_from(keyed::table).order_by(keyed::code).select(keyed::updated_at);
        assert_eq!(times.clone().fetch_all(&db).await.unwrap(), [None, None]);
        touch().execute(&db).await.unwrap();
        assert_eq!(times.fetch_all(&db).await.unwrap(), [Some(long_ago()), None]);
    });
}

/// Ten rows, made a second after one another.
async fn made_one_by_one(fresh: &Fresh) -> (Db, impl Fn(i64) -> Instant) {
    let at = |second: i64| long_ago() + chrono::TimeDelta::seconds(second);
    let clock = Arc::new(AtomicI64::new(0));
    let now = Arc::clone(&clock);
    let db = prepared(fresh, Timestamps::new().clock(move || at(now.load(Ordering::SeqCst)))).await;
    delete_from(things::table).all_rows().execute(&fresh.db).await.unwrap();
    for id in 1..=10 {
        clock.store(id, Ordering::SeqCst);
        insert_into(things::table).values(NewThing::new(id)).execute(&db).await.unwrap();
    }
    clock.store(20, Ordering::SeqCst);
    update(things::table).set(things::name.to("y")).filter(things::id.le(2)).execute(&db).await.unwrap();
    (db, at)
}

#[test]
fn ts7_rows_are_found_by_when_they_were_made_and_changed() {
    on_all(async |fresh| {
        let (db, at) = made_one_by_one(fresh).await;
        let ids = async |condition: ConditionOn<things::table>| {
            let found = select_from(things::table).filter(condition).order_by(things::id).select(things::id);
            found.fetch_all(&db).await.unwrap()
        };
        assert_eq!(ids(things::created_at.gt(at(8)).on(things::table)).await, [9, 10]);
        assert_eq!(ids(things::created_at.lt(at(3)).on(things::table)).await, [1, 2]);
        assert_eq!(ids(things::created_at.between(at(4), at(6)).on(things::table)).await, [4, 5, 6]);
        assert_eq!(ids(things::created_at.between(at(5), at(5)).on(things::table)).await, [5]);
        assert_eq!(ids(things::created_at.between(at(6), at(4)).on(things::table)).await, [0_i64; 0]);
        assert_eq!(ids(things::updated_at.gt(at(10)).on(things::table)).await, [1, 2]);
        delete_from(things::table).all_rows().execute(&db).await.unwrap();
        assert_eq!(ids(things::created_at.gt(at(0)).on(things::table)).await, [0_i64; 0]);
    });
}

#[test]
fn ts8_the_newest_rows_come_first() {
    on_all(async |fresh| {
        let (db, _) = made_one_by_one(fresh).await;
        let newest = async |limit| {
            let made = select_from(things::table).order_by(things::created_at.desc()).limit(limit).select(things::id);
            made.fetch_all(&db).await.unwrap()
        };
        assert_eq!(newest(3).await, [10, 9, 8]);
        assert_eq!(newest(0).await, [0_i64; 0]);
        let changed = select_from(things::table)
            .filter(things::updated_at.is_not_null())
            .order_by((things::updated_at.desc(), things::id))
            .select(things::id);
        assert_eq!(changed.fetch_all(&db).await.unwrap(), [1, 2]);
    });
}

/// `null` among what was to be inserted says nothing, and so nothing is erased by it.
#[test]
fn an_upsert_of_what_was_to_be_inserted_is_stamped() {
    on_all(async |fresh| {
        let db = prepared(fresh, Timestamps::new()).await;
        insert_into(things::table).values(NewThing::new(1)).execute(&db).await.unwrap();
        let upsert = async |updated_at| {
            let q = insert_into(things::table).values(NewThing { updated_at, ..NewThing::new(1) });
            let set = (things::name.excluded(), things::updated_at.excluded());
            match fresh.server {
                Server::Mysql9 | Server::Mariadb => q.on_duplicate_key_update(set).execute(&db).await.unwrap(),
                Server::Sqlite | Server::Postgres15 | Server::Postgres18 => {
                    q.on_conflict(things::id).do_update(set).execute(&db).await.unwrap()
                }
            }
        };
        upsert(None).await;
        assert!(things(fresh).await[0].1.is_some_and(recent));
        upsert(Some(long_ago())).await;
        assert_eq!(things(fresh).await[0].1, Some(long_ago()), "what the statement says stays");
    });
}

/// Who wants a delete to be a change says so.
#[test]
fn what_is_no_change_can_be_said() {
    on_all(async |fresh| {
        create_table_for::<Thing>().execute(&fresh.db).await.unwrap();
        let open = async |timestamps: Timestamps| {
            let builder = Db::builder(fresh.url.clone()).table(things::table).plugin(timestamps);
            builder.plugin(SoftDelete::new().column("created_at")).connect().await.unwrap()
        };
        let none: [&str; 0] = [];
        for (unminded, is_change) in [(vec!["created_at"], false), (none.to_vec(), true)] {
            let db = open(Timestamps::new().created("deleted_at").unless_only(unminded)).await;
            delete_from(things::table).all_rows().execute(&fresh.db).await.unwrap();
            insert_into(things::table).values(NewThing::new(1)).execute(&db).await.unwrap();
            delete_from(things::table).all_rows().execute(&db).await.unwrap();
            let (deleted, updated) = things(fresh).await[0];
            assert!(deleted.is_some_and(recent) && updated.is_some() == is_change, "{deleted:?} {updated:?}");
        }
    });
}
