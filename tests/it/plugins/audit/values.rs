//! Values that are not what their text says: documents, decimals, letters of another case, and keys that are too long.

use kysera::dialect::TextEquality;
use kysera::plugin::{Actor, Audit};
use kysera::prelude::*;
use kysera::schema::create_table_for;
use rust_decimal::Decimal;
use serde_json::json;

use super::{entries, opened_with, told};
use crate::support::servers::Fresh;
use crate::support::{Random, Server, on_all};

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "documents")]
pub struct Document {
    #[column(primary_key, generated)]
    pub id: i64,
    pub body: Option<serde_json::Value>,
}

#[test]
fn a_document_that_is_null_is_not_a_column_without_a_value() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let db = opened_with::<Document>(fresh, &audit).await;
        let body = async || select_from(documents::table).select(documents::body).fetch_one(&fresh.db).await.unwrap();
        insert_into(documents::table).set(documents::body.to(json!(null))).execute(&db).await.unwrap();
        let set = async |body: Option<serde_json::Value>| {
            let q = update(documents::table).set(documents::body.to(body)).all_rows();
            assert_eq!(q.execute(&db).await.unwrap().rows_affected, 1);
        };
        set(None).await;
        set(Some(json!(null))).await;
        set(Some(json!({"$json": null}))).await;
        set(Some(json!([null]))).await;
        let all = entries(&audit, &db).await;
        assert_eq!(all.len(), 5, "each is another value");
        assert_eq!(all[0].after(), Some(r#"{"id":1,"body":{"$json":null}}"#));
        assert_eq!(all[1].after(), Some(r#"{"id":1,"body":null}"#));
        for (entry, before) in all.iter().rev().zip([Some(json!({"$json": null})), Some(json!(null)), None]) {
            audit.restore(documents::table, entry.id(), &db).await.unwrap();
            assert_eq!(body().await, before);
        }
        audit.restore(documents::table, all[1].id(), &db).await.unwrap();
        assert_eq!(body().await, Some(json!(null)));
        delete_from(documents::table).all_rows().execute(&db).await.unwrap();
        audit.restore(documents::table, entries(&audit, &db).await.last().unwrap().id(), &db).await.unwrap();
        assert_eq!(body().await, Some(json!(null)));
    });
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "prices")]
pub struct Price {
    #[column(primary_key, type = "decimal(10, 2)")]
    pub amount: Decimal,
    pub count: i64,
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "words")]
pub struct Word {
    #[column(primary_key, type = "varchar(700)")]
    pub word: String,
    pub count: i64,
}

#[test]
fn entries_of_a_key_are_found_however_it_is_written() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let db = opened_with::<Price>(fresh, &audit).await;
        insert_into(prices::table).values([NewPrice::new(Decimal::new(15, 1), 1)]).execute(&db).await.unwrap();
        for written in ["1.5", "1.50", "1.500"] {
            let key: Decimal = written.parse().unwrap();
            let found = audit.history().of(prices::table).key(key).fetch_all(&db).await.unwrap();
            assert_eq!(found.iter().map(kysera::audit::Entry::key).collect::<Vec<_>>(), ["1.5"], "{written}");
        }
        update(prices::table)
            .set(prices::count.to(2))
            .filter(prices::amount.eq(Decimal::new(150, 2)))
            .execute(&db)
            .await
            .unwrap();
        delete_from(prices::table).filter(prices::amount.eq(Decimal::new(15, 1))).execute(&db).await.unwrap();
        let all = audit.history().of(prices::table).key(Decimal::new(1500, 3)).fetch_all(&db).await.unwrap();
        assert_eq!(all.len(), 3);
        audit.restore(prices::table, all[0].id(), &db).await.unwrap();
        assert_eq!(select_from(prices::table).select(prices::count).fetch_all(&db).await.unwrap(), [2]);
    });
}

#[test]
fn history_tells_letters_apart() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let db = opened_with::<Word>(fresh, &audit).await;
        for (actor, word) in [("ann", "é"), ("Ann", "e\u{301}b"), ("ann ", "a")] {
            let db = db.with(Actor::new(actor));
            insert_into(words::table).values(NewWord::new(word, 1)).execute(&db).await.unwrap();
        }
        for actor in ["ann", "Ann", "ann "] {
            let found = audit.history().by(actor).fetch_all(&db).await.unwrap();
            assert_eq!(found.iter().map(kysera::audit::Entry::user).collect::<Vec<_>>(), [Some(actor)]);
        }
        assert!(audit.history().by("ANN").fetch_all(&db).await.unwrap().is_empty());
        assert!(audit.history().of(words::table).key("E".to_owned()).fetch_all(&db).await.unwrap().is_empty());
        assert!(audit.history().of_named("Words").fetch_all(&db).await.unwrap().is_empty());
        assert_eq!(audit.history().of(words::table).key("é".to_owned()).fetch_all(&db).await.unwrap().len(), 1);
    });
}

#[test]
fn what_the_log_has_no_room_for_is_refused_before_it_is_written() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let db = opened_with::<Word>(fresh, &audit).await;
        // Characters count, and not bytes.
        let (fits, long) = ("é".repeat(512), "é".repeat(513));
        insert_into(words::table).values(NewWord::new(&*fits, 1)).execute(&db).await.unwrap();
        let error = insert_into(words::table).values(NewWord::new(&*long, 1)).execute(&db).await.unwrap_err();
        let said = "the primary key of a row is longer than the 512 characters that the log has room for";
        assert!(error.is_invalid() && error.to_string().contains(said), "{error}");
        insert_into(words::table).values(NewWord::new(&*long, 1)).execute(&fresh.db).await.unwrap();
        let error = update(words::table).set(words::count.to(2)).all_rows().execute(&db).await.unwrap_err();
        assert!(error.is_invalid() && error.to_string().contains(said), "{error}");
        let error = delete_from(words::table).filter(words::word.eq(&*long)).execute(&db).await.unwrap_err();
        assert!(error.is_invalid(), "{error}");

        let one = || delete_from(words::table).filter(words::word.eq(&*fits));
        let error = one().execute(&db.with(Actor::new("ß".repeat(256)))).await.unwrap_err();
        let said = "what says who acts is longer than the 255 characters that the log has room for";
        assert!(error.is_invalid() && error.to_string().contains(said), "{error}");
        one().execute(&db.with(Actor::new("ß".repeat(255)))).await.unwrap();
        assert_eq!(entries(&audit, &db).await.len(), 2);
        assert_eq!(select_from(words::table).select(words::count).fetch_all(&db).await.unwrap(), [1]);
    });
}

#[test]
fn the_server_says_which_keys_are_the_same() {
    on_all(async |fresh| {
        let audit = Audit::new();
        create_table_for::<Price>().execute(&fresh.db).await.unwrap();
        let db = opened_with::<Word>(fresh, &audit).await;
        let (old, new) = (Decimal::new(150, 2), Decimal::new(15, 1));
        insert_into(prices::table).values(NewPrice::new(old, 1)).execute(&db).await.unwrap();
        let q = insert_into(prices::table).values([NewPrice::new(new, 2), NewPrice::new(Decimal::from(7), 2)]);
        upsert!(fresh.server, q, prices::amount, prices::count).execute(&db).await.unwrap();
        let mut seen = 0;
        let expected = ["insert prices 1.5 amount:>1.50 count:>1", "update prices 1.5 count:1>2"];
        assert_eq!(told(&audit, &db, &mut seen).await[..2], expected);
        assert_eq!(seen, 3);

        let insert = async |words: &[&'static str], count: i64| {
            let rows: Vec<_> = words.iter().map(|word| NewWord::new(*word, count)).collect();
            let q = insert_into(words::table).values(rows);
            upsert!(fresh.server, q, words::word, words::count).execute(&db).await
        };
        insert(&["ann", "bea"], 1).await.unwrap();
        insert(&["ANN", "new", "bea"], 2).await.unwrap();
        insert(&["NEW"], 3).await.unwrap();
        let all = select_from(words::table).order_by((words::count, words::word)).fetch_all(&fresh.db).await.unwrap();
        let all: Vec<_> = all.iter().map(|it| (it.word.as_str(), it.count)).collect();
        told(&audit, &db, &mut seen).await;
        if fresh.server.spec().text_equality == TextEquality::Letters {
            assert_eq!(all.len(), 5);
            assert_eq!(seen, 3 + 6);
            return;
        }
        assert_eq!(all, [("ann", 2), ("bea", 2), ("new", 3)]);
        let counts = audit.history().of(words::table).key("ann".to_owned()).fetch_all(&db).await.unwrap();
        assert_eq!(counts[0].after(), Some(r#"{"word":"ann","count":2}"#));
        assert_eq!(seen, 3 + 2 + 3 + 1);
        for twice in [&["x", "X"], &["ann", "Ann"], &["Ann", "aNN"]] {
            let error = insert(twice, 9).await.unwrap_err();
            assert!(error.is_unsupported(), "{error}");
        }
        assert_eq!(entries(&audit, &db).await.len(), seen);
    });
}

#[test]
fn a_row_that_is_given_twice_in_other_letters_is_one() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let db = opened_with::<Word>(fresh, &audit).await;
        // More than are read by one statement.
        let words = ["a".to_owned()].into_iter().chain((0..1_000).map(|it| format!("w{it}"))).chain(["A".to_owned()]);
        let rows: Vec<_> = words.map(|word| NewWord::new(word, 1)).collect();
        let q = insert_into(words::table).values(rows).on_conflict_do_nothing();
        let count = q.execute(&db).await.unwrap().rows_affected;
        let is_one = fresh.server.spec().text_equality == TextEquality::Collation;
        assert_eq!(count, if is_one { 1_001 } else { 1_002 });
        assert_eq!(entries(&audit, &db).await.len() as u64, count);
    });
}

/// Words that are the same whatever their case, on every server.
async fn create_words(fresh: &Fresh) {
    let definition = match fresh.server {
        Server::Sqlite => "create table words (word text collate nocase primary key, count integer not null) strict",
        Server::Postgres15 | Server::Postgres18 => {
            "create collation of_words (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
             create table words (word varchar(700) collate of_words primary key, count bigint not null)"
        }
        _ => return create_table_for::<Word>().execute(&fresh.db).await.map(drop).unwrap(),
    };
    fresh.db.batch(definition).await.unwrap();
}

/// Rows by words that differ in case, and by decimals that differ in zeros, written in all ways: what the log tells is what
/// is there, and what it does not tell was refused.
#[test]
fn the_log_gives_the_table_whatever_keys_are_given() {
    on_all(async |fresh| {
        let audit = Audit::new();
        create_words(fresh).await;
        let db = opened_with::<Price>(fresh, &audit).await;
        let mut random = Random::new(7);
        let mut refused = 0;
        for step in 0..120_i64 {
            let word = |random: &mut Random| {
                let word = ["ann", "bea", "ceé", "dı", "e "][random.below(5) as usize];
                if random.below(2) == 0 { word.to_owned() } else { word.to_uppercase() }
            };
            let price = |random: &mut Random| {
                let cents = random.below(4) as i64 * 50;
                if random.below(2) == 0 { Decimal::new(cents, 2) } else { Decimal::new(cents / 10, 1) }
            };
            let outcome = match random.below(8) {
                0 => insert_into(words::table).values(NewWord::new(word(&mut random), step)).execute(&db).await,
                1 | 2 => {
                    let rows: Vec<_> = (0..=random.below(2)).map(|_| NewWord::new(word(&mut random), step)).collect();
                    let q = insert_into(words::table).values(rows);
                    upsert!(fresh.server, q, words::word, words::count).execute(&db).await
                }
                3 => {
                    let rows = [NewPrice::new(price(&mut random), step), NewPrice::new(price(&mut random), step)];
                    let q = insert_into(prices::table).values(rows);
                    upsert!(fresh.server, q, prices::amount, prices::count).execute(&db).await
                }
                4 => {
                    let q = update(words::table).set(words::count.to(step)).filter(words::word.eq(word(&mut random)));
                    q.execute(&db).await
                }
                5 => {
                    let (old, new) = (word(&mut random), word(&mut random));
                    update(words::table).set(words::word.to(new)).filter(words::word.eq(old)).execute(&db).await
                }
                6 => delete_from(words::table).filter(words::word.eq(word(&mut random))).execute(&db).await,
                _ => delete_from(prices::table).filter(prices::amount.eq(price(&mut random))).execute(&db).await,
            };
            if let Err(error) = outcome {
                let is_known = error.is_unsupported() || error.is_unique_violation();
                let gives_twice = error.as_database().is_some_and(|it| it.message().contains("a second time"));
                assert!(is_known || gives_twice, "{:?} {step}: {error}", fresh.server);
                refused += 1;
            }
        }
        assert!(refused < 60, "{refused}");
        let mut told = std::collections::BTreeMap::new();
        for entry in entries(&audit, &db).await {
            let key = (entry.table().to_owned(), entry.key().to_owned());
            assert_eq!(told.remove(&key).as_deref(), entry.before(), "{:?} {key:?}", fresh.server);
            told.extend(entry.after().map(|after| (key, after.to_owned())));
        }
        let words = select_from(words::table).fetch_all(&fresh.db).await.unwrap();
        let prices = select_from(prices::table).fetch_all(&fresh.db).await.unwrap();
        assert_eq!(told.len(), words.len() + prices.len(), "{:?}", fresh.server);
        for Word { word, count } in words {
            let row = &told[&("words".to_owned(), word.clone())];
            assert_eq!(serde_json::from_str::<serde_json::Value>(row).unwrap(), json!({"word": word, "count": count}));
        }
        for Price { amount, count } in prices {
            let row: serde_json::Value =
                serde_json::from_str(&told[&("prices".into(), amount.normalize().to_string())]).unwrap();
            assert_eq!(row["count"], count);
        }
    });
}
