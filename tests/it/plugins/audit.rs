//! Audit, on all servers: the scenarios AU1 to AU13.

/// An upsert that sets a column to what was to be inserted, by its key where the server's upserts name one.
macro_rules! upsert {
    ($server:expr, $insert:expr, $key:expr, $column:expr) => {{
        let (insert, given) = ($insert, $column.to($column.excluded_value()));
        match $crate::plugins::audit::names_key($server) {
            true => insert.on_conflict($key).do_update(given),
            false => insert.on_duplicate_key_update(given),
        }
    }};
}

mod beside;
mod concurrent;
mod extremes;
mod faults;
mod keys;
mod mapped;
mod options;
mod reading;
mod shapes;
mod soft_deletes;
mod values;

use chrono::{DateTime, Utc};
use kysera::audit::Entry;
use kysera::dialect::Upsert;
use kysera::plugin::{Actor, Audit};
use kysera::prelude::*;
use kysera::schema::create_table_for;
use kysera::table::Record;

use crate::support::servers::Fresh;
use crate::support::{Server, on_all};

type Instant = DateTime<Utc>;

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "things")]
pub struct Thing {
    #[column(primary_key, generated)]
    pub id: i64,
    #[column(type = "varchar(80)", unique)]
    pub name: String,
    pub count: Option<i32>,
    pub ok: Option<bool>,
    pub deleted_at: Option<Instant>,
    pub created_by: Option<i64>,
    pub updated_by: Option<i64>,
}

/// A table with a key that programs make.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "pairs")]
pub struct Pair {
    #[column(primary_key)]
    pub left: i64,
    #[column(primary_key, type = "varchar(20)")]
    pub right: String,
    pub value: i64,
}

fn thing(name: &str) -> NewThing {
    NewThing::new(name)
}

/// A database with the plugin, whose statements are of user 7, and the tables.
async fn prepared(fresh: &Fresh, audit: &Audit) -> Db {
    create_table_for::<Thing>().execute(&fresh.db).await.unwrap();
    create_table_for::<Pair>().execute(&fresh.db).await.unwrap();
    opened(fresh, audit).await
}

async fn opened(fresh: &Fresh, audit: &Audit) -> Db {
    Db::builder(fresh.url.clone()).plugin(audit.clone()).connect().await.unwrap().with(Actor::new(7_i64))
}

/// The same, with the table of a struct.
async fn opened_with<R: Record>(fresh: &Fresh, audit: &Audit) -> Db {
    create_table_for::<R>().execute(&fresh.db).await.unwrap();
    opened(fresh, audit).await
}

/// All entries, the oldest first.
async fn entries(audit: &Audit, db: &Db) -> Vec<Entry> {
    let mut entries = audit.history().fetch_all(db).await.unwrap();
    entries.sort_by_key(Entry::id);
    entries
}

/// Each entry since the last time in words, as in `UPDATE things 1 name:a>b`: the fields that differ.
async fn told(audit: &Audit, db: &Db, seen: &mut usize) -> Vec<String> {
    let all = entries(audit, db).await;
    let told = all[*seen..].iter().map(tell).collect();
    *seen = all.len();
    told
}

fn tell(entry: &Entry) -> String {
    let fields = |json: Option<&str>| -> serde_json::Map<String, serde_json::Value> {
        json.map(|it| serde_json::from_str(it).unwrap()).unwrap_or_default()
    };
    let (old, new) = (fields(entry.before()), fields(entry.after()));
    let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
    names.sort();
    names.dedup();
    let is_null = |fields: &serde_json::Map<String, serde_json::Value>, name: &String| {
        fields.get(name).is_none_or(serde_json::Value::is_null)
    };
    let differ: Vec<String> = names
        .into_iter()
        .filter(|name| old.get(*name) != new.get(*name))
        .filter(|name| !is_null(&old, name) || !is_null(&new, name))
        .map(|name| {
            let of = |fields: &serde_json::Map<String, serde_json::Value>| match fields.get(name) {
                None => String::new(),
                Some(serde_json::Value::String(text)) if name == "deleted_at" => text[..2].to_owned(),
                Some(serde_json::Value::String(text)) => text.clone(),
                Some(value) => value.to_string(),
            };
            format!("{name}:{}>{}", of(&old), of(&new))
        })
        .collect();
    format!("{} {} {} {}", entry.operation(), entry.table(), entry.key(), differ.join(" "))
}

#[test]
fn au1_insert_update_and_delete_have_entries() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let db = prepared(fresh, &audit).await;
        let mut seen = 0;
        let before = Instant::from(std::time::SystemTime::now()) - chrono::Duration::seconds(60);
        let outcome = insert_into(things::table).values(thing("a")).execute(&db).await.unwrap();
        assert_eq!(outcome.rows_affected, 1);
        assert_eq!(outcome.last_insert_id, if fresh.server.is_postgres() { None } else { Some(1) });
        assert_eq!(told(&audit, &db, &mut seen).await, ["insert things 1 created_by:>7 id:>1 name:>a"]);
        let changed = update(things::table).set((things::name.to("b"), things::ok.to(true))).filter(things::id.eq(1));
        assert_eq!(changed.execute(&db).await.unwrap().rows_affected, 1);
        assert_eq!(told(&audit, &db, &mut seen).await, ["update things 1 name:a>b ok:null>true updated_by:null>7"]);
        let gone = delete_from(things::table).filter(things::name.eq("b"));
        assert_eq!(gone.execute(&db.with(Actor::new("ann"))).await.unwrap().rows_affected, 1);
        let expected = ["delete things 1 created_by:7> id:1> name:b> ok:true> updated_by:7>"];
        assert_eq!(told(&audit, &db, &mut seen).await, expected);

        let all = entries(&audit, &db).await;
        assert_eq!(all[0].before(), None);
        let row = r#"{"id":1,"name":"a","count":null,"ok":null,"deleted_at":null,"created_by":7,"updated_by":null}"#;
        assert_eq!(all[0].after(), Some(row));
        assert_eq!(all[1].before(), Some(row));
        assert_eq!(all[2].after(), None);
        assert_eq!(all.iter().map(Entry::user).collect::<Vec<_>>(), [Some("7"), Some("7"), Some("ann")]);
        for entry in &all {
            let at: Instant = entry.at().unwrap();
            assert!(at > before && at < before + chrono::Duration::seconds(120), "{at}");
            assert_eq!((entry.key(), entry.metadata(), entry.is_corrupted()), ("1", None, false));
        }
    });
}

#[test]
fn au2_au3_bulk_statements_have_an_entry_for_each_row() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let db = prepared(fresh, &audit).await;
        let mut seen = 0;
        insert_into(things::table).values(["a", "b", "c"].map(thing)).execute(&db).await.unwrap();
        let expected = ["a", "b", "c"]
            .iter()
            .zip(1..)
            .map(|(name, id)| format!("insert things {id} created_by:>7 id:>{id} name:>{name}"));
        assert_eq!(told(&audit, &db, &mut seen).await, expected.collect::<Vec<_>>());
        let q = update(things::table).set(things::count.to(things::id.cast::<i32>())).filter(things::id.ge(2));
        assert_eq!(q.execute(&db).await.unwrap().rows_affected, 2);
        assert_eq!(
            told(&audit, &db, &mut seen).await,
            ["update things 2 count:null>2 updated_by:null>7", "update things 3 count:null>3 updated_by:null>7",]
        );
        // One of the rows is not there: only those that are have an entry.
        let q = delete_from(things::table).filter(things::id.in_([2, 3, 99]));
        assert_eq!(q.execute(&db).await.unwrap().rows_affected, 2);
        assert_eq!(told(&audit, &db, &mut seen).await.len(), 2);
        let q = delete_from(things::table).filter(things::id.in_([2, 3, 99]));
        assert_eq!(q.execute(&db).await.unwrap().rows_affected, 0);
        let q = update(things::table).set(things::count.to(1)).filter(things::id.eq(99));
        assert_eq!(q.execute(&db).await.unwrap().rows_affected, 0);
        let q = delete_from(things::table).filter(things::id.in_([0_i64; 0]));
        assert_eq!(q.execute(&db).await.unwrap().rows_affected, 0);
        assert_eq!(told(&audit, &db, &mut seen).await, [""; 0], "what changes nothing has no entry");
        assert!(insert_into(things::table).values(Vec::<NewThing>::new()).execute(&db).await.is_err());
        insert_into(things::table)
            .values((0..10).map(|it| thing(&format!("n{it}"))).collect::<Vec<_>>())
            .execute(&db)
            .await
            .unwrap();
        delete_from(things::table).filter(things::name.like("n%")).execute(&db).await.unwrap();
        assert_eq!(told(&audit, &db, &mut seen).await.len(), 20);
    });
}

#[test]
fn au10_entries_are_stored_with_the_change_or_not_at_all() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let db = prepared(fresh, &audit).await;
        let mut seen = 0;
        db.transaction(async |trx| {
            insert_into(things::table).values(thing("a")).execute(trx).await?;
            assert_eq!(audit.history().fetch_all(trx).await?.len(), 1, "seen within");
            assert_eq!(audit.history().fetch_all(&fresh.db).await?.len(), 0, "and not outside");
            Ok(())
        })
        .await
        .unwrap();
        assert_eq!(told(&audit, &db, &mut seen).await.len(), 1);
        let outcome = db.transaction(async |trx| {
            delete_from(things::table).all_rows().execute(trx).await?;
            Err::<(), _>(Error::invalid("no"))
        });
        assert!(outcome.await.is_err());
        assert_eq!(told(&audit, &db, &mut seen).await, [""; 0]);
        // A statement that fails within a transaction that goes on.
        db.transaction(async |trx| {
            assert!(
                insert_into(things::table)
                    .values([thing("b"), thing("a")])
                    .execute(trx)
                    .await
                    .unwrap_err()
                    .is_unique_violation()
            );
            insert_into(things::table).values(thing("c")).execute(trx).await
        })
        .await
        .unwrap();
        assert_eq!(told(&audit, &db, &mut seen).await.len(), 1);
        // An entry that cannot be written.
        fresh.db.batch("drop table audit_log").await.unwrap();
        let before = select_from(things::table).fetch_all(&fresh.db).await.unwrap();
        assert!(insert_into(things::table).values(thing("d")).execute(&db).await.is_err());
        assert!(update(things::table).set(things::count.to(1)).all_rows().execute(&db).await.is_err());
        let error = delete_from(things::table).all_rows().execute(&db).await.unwrap_err();
        assert!(error.to_string().starts_with("the plugin `audit` refused this delete of `things`: "), "{error}");
        assert!(error.as_database().is_some());
        db.transaction(async |trx| {
            assert!(delete_from(things::table).all_rows().execute(trx).await.is_err());
            select_from(things::table).fetch_all(trx).await
        })
        .await
        .unwrap();
        assert_eq!(select_from(things::table).fetch_all(&fresh.db).await.unwrap(), before);
    });
}

#[test]
fn au13_many_rows_and_many_writers() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let db = prepared(fresh, &audit).await;
        let rows: Vec<_> = (0..2_500).map(|it| thing(&format!("row {it}"))).collect();
        insert_into(things::table).values(rows).execute(&db).await.unwrap();
        let q = update(things::table).set(things::count.to(0)).all_rows();
        assert_eq!(q.execute(&db).await.unwrap().rows_affected, 2_500);
        assert_eq!(entries(&audit, &db).await.len(), 5_000);
        let writers = (0..8).map(|writer| {
            let db = db.with(Actor::new(i64::from(writer)));
            async move {
                for _ in 0..10 {
                    let q = update(things::table).set(things::count.to(things::count + 1)).filter(things::id.eq(1));
                    q.execute(&db).await?;
                }
                Ok::<_, Error>(())
            }
        });
        futures_util::future::try_join_all(writers).await.unwrap();
        let of_one = audit.history().of(things::table).key(1_i64).fetch_all(&db).await.unwrap();
        assert_eq!(of_one.len(), 82);
        // Each change begins where the one before it ended.
        for pair in of_one[..80].windows(2) {
            assert_eq!(pair[0].before(), pair[1].after());
        }
        let of_three = audit.history().by(3_i64).fetch_all(&db).await.unwrap();
        assert_eq!(of_three.len(), 10);
    });
}

/// Whether the server's upserts name their key.
fn names_key(server: Server) -> bool {
    server.spec().upsert != Upsert::OnDuplicateKey
}
