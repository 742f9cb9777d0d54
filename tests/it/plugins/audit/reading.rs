//! History, and restoring.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::TimeZone;
use kysera::ast::Operation;
use kysera::audit::Entry;
use kysera::plugin::{Actor, Audit, Timestamps};
use kysera::prelude::*;
use kysera::schema::create_table_for;
use kysera::types::Json;

use super::{Instant, NewPair, NewThing, entries, pairs, prepared, thing, things, told};
use crate::support::{Server, on_all};

fn at(second: i64) -> Instant {
    chrono::Utc.timestamp_opt(second, 0).unwrap()
}

#[test]
fn au5_history_is_the_newest_first_and_narrowed_down() {
    on_all(async |fresh| {
        let clock = Arc::new(AtomicI64::new(1_000));
        let time = Arc::clone(&clock);
        let audit = Audit::new().clock(move || at(time.load(Ordering::SeqCst)));
        let db = prepared(fresh, &audit).await;
        let ann = db.with(Actor::new("ann"));
        insert_into(pairs::table)
            .values([NewPair::new(1, "x", 1), NewPair::new(2, "x", 1)])
            .execute(&db)
            .await
            .unwrap();
        clock.store(2_000, Ordering::SeqCst);
        update(pairs::table).set(pairs::value.to(2)).all_rows().execute(&ann).await.unwrap();
        clock.store(3_000, Ordering::SeqCst);
        delete_from(pairs::table).filter(pairs::left.eq(1)).execute(&ann).await.unwrap();
        insert_into(things::table).values(thing("a")).execute(&db).await.unwrap();

        let ids = async |history: kysera::audit::History| {
            let entries = history.fetch_all(&db).await.unwrap();
            entries.iter().map(Entry::id).collect::<Vec<_>>()
        };
        let all = audit.history();
        assert_eq!(ids(all.clone()).await, [6, 5, 4, 3, 2, 1], "those of one instant too");
        assert_eq!(ids(all.clone().limit(2)).await, [6, 5]);
        assert_eq!(ids(all.clone().limit(2).offset(3)).await, [3, 2]);
        assert_eq!(ids(all.clone().of(pairs::table)).await, [5, 4, 3, 2, 1]);
        assert_eq!(ids(all.clone().of_named("things")).await, [6]);
        assert_eq!(ids(all.clone().of(things::table).key(1_i64)).await, [6]);
        assert_eq!(ids(all.clone().of(pairs::table).key_text("[1,\"x\"]")).await, [5, 3, 1], "of a row that is gone");
        assert_eq!(ids(all.clone().operation(Operation::Update)).await, [4, 3]);
        assert_eq!(ids(all.clone().by("ann")).await, [5, 4, 3]);
        assert_eq!(ids(all.clone().by(7_i64)).await, [6, 2, 1]);
        assert_eq!(ids(all.clone().since(at(2_000)).until(at(3_000))).await, [4, 3]);
        let combined = all.clone().of(pairs::table).by("ann").operation(Operation::Update).since(at(1_500)).limit(1);
        assert_eq!(ids(combined).await, [4]);
        assert_eq!(ids(all.clone().since(at(3_001))).await, [0; 0]);

        let entry = audit.entry(5, &db).await.unwrap();
        assert_eq!((entry.operation(), entry.table(), entry.user()), (Operation::Delete, "pairs", Some("ann")));
        assert_eq!((entry.at::<Instant>().unwrap(), entry.at_micros()), (at(3_000), 3_000_000_000));
        assert!(audit.entry(99, &db).await.unwrap_err().is_not_found());
        assert!(!format!("{entry:?}").contains("value"), "no values of the row");
    });
}

#[test]
fn au6_what_was_deleted_is_made_again_and_what_was_updated_reverts() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let db = prepared(fresh, &audit).await;
        let nine = db.with(Actor::new(9_i64));
        let all = async || select_from(things::table).order_by(things::id).fetch_all(&fresh.db).await.unwrap();
        let mut seen = 0;
        let row = NewThing { count: Some(4), ok: Some(false), ..thing("a'\"\\é") };
        insert_into(things::table).values([row, thing("b")]).execute(&db).await.unwrap();
        let before = all().await;
        delete_from(things::table).filter(things::id.eq(1)).execute(&db).await.unwrap();
        audit.restore(things::table, 3, &nine).await.unwrap();
        assert_eq!(all().await, before, "with its key, and as it was made");
        let newest = audit.history().limit(1).fetch_all(&db).await.unwrap().remove(0);
        assert_eq!(
            (newest.operation(), newest.user(), newest.after()),
            (Operation::Insert, Some("9"), audit.entry(3, &db).await.unwrap().before())
        );
        // It is there again.
        assert!(audit.restore(things::table, 3, &nine).await.unwrap_err().is_unique_violation());

        update(things::table)
            .set((things::name.to("z"), things::ok.to(None)))
            .filter(things::id.eq(1))
            .execute(&nine)
            .await
            .unwrap();
        told(&audit, &db, &mut seen).await;
        let changed = seen as i64;
        audit.restore(things::table, changed, &nine).await.unwrap();
        assert_eq!(all().await, before);
        assert_eq!(told(&audit, &db, &mut seen).await.len(), 1, "it has an entry of its own");
        audit.restore(things::table, seen as i64, &nine).await.unwrap();
        assert_eq!(all().await[0].name, "z", "and is taken back as any other");
        told(&audit, &db, &mut seen).await;

        // A row that was changed since, or is gone.
        let error = audit.restore(things::table, seen as i64 - 1, &nine).await.unwrap_err();
        assert!(error.is_conflict(), "{error}");
        delete_from(things::table).filter(things::id.eq(1)).execute(&db).await.unwrap();
        assert!(audit.restore(things::table, changed, &nine).await.unwrap_err().is_conflict());
        told(&audit, &db, &mut seen).await;

        // What cannot be restored.
        assert!(audit.restore(things::table, 1, &nine).await.unwrap_err().is_invalid(), "an insert");
        assert!(audit.restore(things::table, 999, &nine).await.unwrap_err().is_not_found());
        assert!(audit.restore(pairs::table, 3, &nine).await.unwrap_err().is_invalid(), "another table");
        assert!(audit.restore(things::table, 3, &fresh.db).await.unwrap_err().is_invalid(), "no log");
        let system = nine.with(Audit::unaudited());
        assert!(audit.restore(things::table, 3, &system).await.unwrap_err().is_invalid());
        assert_eq!(told(&audit, &db, &mut seen).await, [""; 0]);

        let old = audit.clone().without_before();
        let db = super::opened(fresh, &old).await;
        update(things::table).set(things::count.to(1)).filter(things::id.eq(2)).execute(&db).await.unwrap();
        let newest = old.history().limit(1).fetch_all(&db).await.unwrap().remove(0);
        assert!(old.restore(things::table, newest.id(), &db).await.unwrap_err().is_invalid(), "no values");
        let new = audit.clone().without_after();
        let db = super::opened(fresh, &new).await;
        update(things::table).set(things::count.to(2)).filter(things::id.eq(2)).execute(&db).await.unwrap();
        let newest = new.history().limit(1).fetch_all(&db).await.unwrap().remove(0);
        assert!(new.restore(things::table, newest.id(), &db).await.unwrap_err().is_invalid());
    });
}

#[test]
fn au6_a_restore_keeps_times_and_is_part_of_a_transaction() {
    on_all(async |fresh| {
        let audit = Audit::new();
        create_table_for::<Everything>().execute(&fresh.db).await.unwrap();
        prepared(fresh, &audit).await;
        let db =
            Db::builder(fresh.url.clone()).plugin(audit.clone()).plugin(Timestamps::new()).connect().await.unwrap();
        insert_into(things::table).values(thing("a")).execute(&db).await.unwrap();
        delete_from(things::table).all_rows().execute(&db).await.unwrap();
        let outcome = db.transaction(async |trx| {
            audit.restore(things::table, 2, trx).await?;
            assert_eq!(select_from(things::table).fetch_all(trx).await?.len(), 1);
            Err::<(), _>(Error::invalid("no"))
        });
        assert!(outcome.await.unwrap_err().is_invalid());
        assert!(select_from(things::table).fetch_all(&db).await.unwrap().is_empty());
        assert_eq!(entries(&audit, &db).await.len(), 2);
    });
}

/// Whose columns are stamped by two plugins.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "stamped")]
pub struct Stamped {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    pub created_at: Option<Instant>,
    pub updated_at: Option<Instant>,
    pub created_by: Option<i64>,
    pub updated_by: Option<i64>,
}

#[test]
fn au6_what_is_restored_has_no_stamps_but_its_own() {
    on_all(async |fresh| {
        let audit = Audit::new();
        create_table_for::<Stamped>().execute(&fresh.db).await.unwrap();
        // A row that has no stamps yet, and one that has them all.
        insert_into(stamped::table).values(NewStamped::new(1, "a")).execute(&fresh.db).await.unwrap();
        let full = NewStamped {
            created_at: Some(at(1)),
            updated_at: Some(at(2)),
            created_by: Some(1),
            updated_by: Some(2),
            ..NewStamped::new(2, "a")
        };
        insert_into(stamped::table).values(full).execute(&fresh.db).await.unwrap();
        let timestamps = Timestamps::new().updated_on_insert();
        let db = Db::builder(fresh.url.clone()).plugin(audit.clone()).plugin(timestamps).connect().await.unwrap();
        let db = db.with(Actor::new(7_i64));
        let all = async || select_from(stamped::table).order_by(stamped::id).fetch_all(&fresh.db).await.unwrap();
        let before = all().await;
        let restored = async || {
            for entry in audit.history().limit(2).fetch_all(&db).await.unwrap() {
                audit.restore(stamped::table, entry.id(), &db).await.unwrap();
            }
            all().await
        };
        update(stamped::table).set(stamped::name.to("b")).all_rows().execute(&db).await.unwrap();
        assert!(all().await.iter().all(|row| row.updated_by == Some(7) && row.updated_at > Some(at(2))));
        assert_eq!(restored().await, before, "updated");
        delete_from(stamped::table).all_rows().execute(&db).await.unwrap();
        assert_eq!(restored().await, before, "deleted");
    });
}

/// A column of every sort.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "everything")]
pub struct Everything {
    #[column(primary_key)]
    pub id: uuid::Uuid,
    pub yes: bool,
    pub small: i16,
    pub int: i32,
    pub big: i64,
    pub real: f32,
    pub double: f64,
    #[column(type = "decimal(30, 10)")]
    pub decimal: rust_decimal::Decimal,
    pub text: String,
    pub bytes: Vec<u8>,
    pub date: chrono::NaiveDate,
    pub time: chrono::NaiveTime,
    pub at: chrono::NaiveDateTime,
    pub instant: Instant,
    pub json: serde_json::Value,
    pub map: Option<Json<BTreeMap<String, i64>>>,
    pub nothing: Option<String>,
}

#[test]
fn au11_every_type_comes_back_and_keys_of_any_type() {
    on_all(async |fresh| {
        let audit = Audit::new();
        create_table_for::<Everything>().execute(&fresh.db).await.unwrap();
        let db = prepared(fresh, &audit).await;
        let row = Everything {
            id: uuid::Uuid::from_u128(0x1234_5678),
            yes: true,
            small: -3,
            int: i32::MIN,
            big: i64::MAX,
            real: 0.1,
            double: 0.1 + 0.2,
            decimal: "12345678901234567.0123456789".parse().unwrap(),
            text: "ä\"\\\n".into(),
            bytes: vec![0, 1, 255],
            date: "2026-02-28".parse().unwrap(),
            time: "23:59:59.999999".parse().unwrap(),
            at: "2026-02-28T01:02:03.000004".parse().unwrap(),
            instant: "2026-02-28T01:02:03.000004Z".parse().unwrap(),
            json: serde_json::json!({"a": [1, null, {"b": "ü"}], "c": 0.5}),
            map: Some(Json(BTreeMap::from([("x".into(), 1)]))),
            nothing: None,
        };
        let new = row.clone();
        let everything = NewEverything::new(
            new.id,
            new.yes,
            new.small,
            new.int,
            new.big,
            new.real,
            new.double,
            new.decimal,
            new.text,
            new.bytes,
            new.date,
            new.time,
            new.at,
            new.instant,
            new.json,
        );
        let everything = NewEverything { map: new.map, ..everything };
        insert_into(everything::table).values(everything).execute(&db).await.unwrap();
        let all = async || select_from(everything::table).fetch_all(&fresh.db).await.unwrap();
        let stored = all().await;
        delete_from(everything::table).all_rows().execute(&db).await.unwrap();
        let deleted =
            audit.history().of(everything::table).key(row.id).limit(1).fetch_all(&db).await.unwrap().remove(0);
        assert_eq!(deleted.key(), row.id.to_string());
        let json: serde_json::Value = serde_json::from_str(deleted.before().unwrap()).unwrap();
        assert_eq!(json["yes"], true);
        assert_eq!(json["big"], i64::MAX);
        assert_eq!(json["decimal"].as_str().unwrap().trim_end_matches('0'), "12345678901234567.0123456789");
        assert_eq!(json["bytes"], "0001ff");
        assert_eq!(json["date"], "2026-02-28");
        assert_eq!(json["instant"], "2026-02-28T01:02:03.000004Z");
        assert_eq!(json["json"], row.json);
        audit.restore(everything::table, deleted.id(), &db).await.unwrap();
        assert_eq!(all().await, stored);
        update(everything::table)
            .set((everything::small.to(1), everything::json.to(serde_json::json!(null))))
            .all_rows()
            .execute(&db)
            .await
            .unwrap();
        let updated = audit.history().limit(1).fetch_all(&db).await.unwrap().remove(0);
        audit.restore(everything::table, updated.id(), &db).await.unwrap();
        assert_eq!(all().await, stored);
    });
}

#[test]
fn au7_au8_whatever_is_in_a_row_is_stored_as_it_is() {
    on_all(async |fresh| {
        let audit = Audit::new().metadata(|change| change.context().get::<String>().cloned());
        create_table_for::<Document>().execute(&fresh.db).await.unwrap();
        let db = prepared(fresh, &audit).await;
        let mut nested = serde_json::json!("deep");
        // MariaDB takes no more than 32 levels in a column of JSON.
        let levels = if fresh.server == Server::Mariadb { 15 } else { 50 };
        for level in 0..levels {
            nested = serde_json::json!({ "level": level, "in": [nested] });
        }
        let evil = "'; drop table audit_log; -- <script>alert(\"x\")</script> \\ \u{1} 日本 😀 ${1} ? $1";
        let documents = [
            nested,
            serde_json::json!({ "ключ": evil, "null": null }),
            serde_json::json!("x".repeat(100_000)),
            serde_json::json!({ "long": "ü".repeat(250_000) }),
        ];
        let db = db.with(Actor::new(evil)).with(evil.to_owned());
        for (id, document) in documents.iter().enumerate() {
            let new = NewDocument::new(id as i64, evil, document.clone());
            insert_into(documents::table).values(new).execute(&db).await.unwrap();
        }
        update(documents::table)
            .set(documents::note.to(Some("x".to_owned())))
            .filter(documents::id.eq(1))
            .execute(&db)
            .await
            .unwrap();
        update(documents::table)
            .set(documents::note.to(None::<String>))
            .filter(documents::id.eq(1))
            .execute(&db)
            .await
            .unwrap();
        let all = entries(&audit, &db).await;
        for (entry, document) in all.iter().zip(&documents) {
            let new: serde_json::Value = serde_json::from_str(entry.after().unwrap()).unwrap();
            assert_eq!(new["document"], *document);
            assert_eq!(new["title"], evil);
            assert_eq!((entry.user(), entry.metadata()), (Some(evil), Some(evil)));
        }
        let notes = all[4..].iter().map(|it| {
            let of =
                |json: Option<&str>| serde_json::from_str::<serde_json::Value>(json.unwrap()).unwrap()["note"].clone();
            (of(it.before()), of(it.after()))
        });
        let (null, x) = (serde_json::Value::Null, serde_json::json!("x"));
        assert_eq!(notes.collect::<Vec<_>>(), [(null.clone(), x.clone()), (x, null)]);
        delete_from(documents::table).filter(documents::id.eq(0)).execute(&db).await.unwrap();
        audit.restore(documents::table, 7, &db).await.unwrap();
        let q = select_from(documents::table).filter(documents::id.eq(0)).select(documents::document);
        assert_eq!(q.fetch_one(&db).await.unwrap(), documents[0]);

        // What somebody else has spoilt is no row, and tells so.
        let system = db.with(Audit::unaudited());
        system.batch("update audit_log set old_values = '{\"id\": ' where id = 6").await.unwrap();
        let entry = audit.entry(6, &db).await.unwrap();
        assert!(entry.is_corrupted() && entry.before().is_none() && entry.after().is_some());
        assert!(audit.restore(documents::table, 6, &db).await.unwrap_err().is_invalid());
        system.batch("update audit_log set old_values = '{\"id\":\"x\"}' where id = 6").await.unwrap();
        let error = audit.restore(documents::table, 6, &db).await.unwrap_err();
        assert!(error.is_invalid() && error.to_string().contains("`id`"), "{error}");
    });
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "documents")]
pub struct Document {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
    pub document: serde_json::Value,
    pub note: Option<String>,
}
