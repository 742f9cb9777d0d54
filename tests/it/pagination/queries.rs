//! PG4, PG5, PG7: what a query, its order and its cursor may be.

use std::time::Duration;

use kysera::error::CursorFault;
use kysera::pagination::{Cursor, CursorKey, Cursors, Keyset, Place};
use kysera::prelude::*;

use super::schema::{Item, create, items};
use super::walking::{cursors, there_and_back};
use crate::support::{Random, on_all};

fn by_score(place: Place) -> Keyset<Item> {
    select_from(items::table).paginate_by((items::score, items::name.desc()), place, 4)
}

async fn fault<R: Send + 'static>(db: &Db, cursors: &Cursors, page: Keyset<R>) -> CursorFault {
    let error = page.fetch(db, cursors).await.err().expect("a cursor that is refused");
    assert!(error.is_bad_request());
    error.as_cursor_fault().expect("a fault of the cursor").clone()
}

/// A cursor of the old library was JSON in base64. Here it is bytes, and JSON is as malformed as any text that was not made
/// here; only a text that is empty is no cursor, and asks for the first page.
#[test]
fn pg4_texts_that_are_no_cursors() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create(db, 10, &mut Random::new(40)).await;
        let json = "eyJzY29yZSI6MX0";
        for text in ["not base64!", "====", "a.b.c", " ", "AA", json, "eyJzY29yZSI6MX0=", "{\"score\":1}", "\u{1f642}"]
        {
            for place in [Place::After(text.into()), Place::Before(text.into())] {
                assert_eq!(fault(db, &cursors(), by_score(place)).await, CursorFault::Malformed, "{text}");
            }
        }
        let first = by_score(Place::First).fetch(db, &cursors()).await.unwrap();
        for place in [Place::of(Some("".into()), None).unwrap(), Some(Cursor::from("")).into(), None.into()] {
            assert_eq!(by_score(place).fetch(db, &cursors()).await.unwrap().data, first.data);
        }
        assert_eq!(fault(db, &cursors(), by_score(Place::After("".into()))).await, CursorFault::Malformed);
    });
}

/// The old library accepted columns that the order does not have, and lost rows by those that it has and the cursor had not. A
/// cursor has just the values of its order: fewer, more, or of other columns are of another query, which the fingerprint tells.
#[test]
fn pg4_columns_that_are_missing_wrong_or_too_many() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create(db, 10, &mut Random::new(41)).await;
        for cursors in [cursors(), Cursors::unsigned()] {
            let query = || select_from(items::table);
            let made = query().paginate_by((items::grade, items::name), Place::First, 2).fetch(db, &cursors).await;
            let cursor = made.unwrap().next_cursor.unwrap();
            let after = || Place::After(cursor.clone());
            query().paginate_by((items::grade, items::name), after(), 2).fetch(db, &cursors).await.unwrap();
            let others = [
                query().paginate_by(items::grade, after(), 2),
                query().paginate_by((items::grade, items::name, items::score), after(), 2),
                query().paginate_by((items::score, items::name), after(), 2),
                query().paginate_by((items::name, items::grade), after(), 2),
                query().paginate_by_key(after(), 2),
            ];
            for other in others {
                assert_eq!(fault(db, &cursors, other).await, CursorFault::OtherQuery);
            }
        }
    });
}

/// Who can make cursors, of unsigned ones anyone, can put another value into one of the right query. It is a bad request that
/// names the column, and no error of the server. Bytes are changed here at the end, where the key is.
#[test]
fn pg4_values_that_are_none_of_their_column() {
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
    on_all(async |fresh| {
        let (db, cursors) = (&fresh.db, Cursors::unsigned());
        create(db, 10, &mut Random::new(42)).await;
        let page = |place| select_from(items::table).paginate_by_key(place, 2);
        let cursor = page(Place::First).fetch(db, &cursors).await.unwrap().next_cursor.unwrap();
        let bytes = BASE64.decode(cursor.as_ref()).unwrap();
        // A code, a length of two bytes and an integer of eight.
        let (before, value) = bytes.split_at(bytes.len() - 11);
        assert_eq!(value, [4, 0, 8, 0, 0, 0, 0, 0, 0, 0, 4]);
        let with = |values: &[u8]| Place::After(BASE64.encode([before, values].concat()).into());
        let text = [&[8, 0, 11][..], b"' or 1=1 --"].concat();
        let column = || CursorFault::Column("id".into());
        assert_eq!(fault(db, &cursors, page(with(&text))).await, column());
        assert_eq!(fault(db, &cursors, page(with(&[0, 0, 1, 4]))).await, column(), "`null`");
        assert_eq!(fault(db, &cursors, page(with(&[6, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0]))).await, column(), "a float");
        assert_eq!(fault(db, &cursors, page(with(&[]))).await, CursorFault::Malformed, "no value");
        assert_eq!(fault(db, &cursors, page(with(&[value, value].concat()))).await, CursorFault::Malformed, "two");
        let found = page(with(&[4, 0, 8, 0, 0, 0, 0, 0, 0, 0, 16])).fetch(db, &cursors).await.unwrap();
        assert_eq!(found.data[0].id, 18);
    });
}

/// Of whichever protection, next and previous cursors lead there and back; those of another are refused, and so are those of
/// somebody else, or whose time is over.
#[test]
fn pg5_pages_with_cursors_of_each_protection() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create(db, 10, &mut Random::new(43)).await;
        let key = || CursorKey::new("k", [9; 32]).unwrap();
        let all = [Cursors::unsigned(), Cursors::signed(key()), Cursors::encrypted(key()), cursors()];
        let mut made = Vec::new();
        for cursors in &all {
            let first = by_score(Place::First).fetch(db, cursors).await.unwrap();
            let next = first.next_cursor.unwrap();
            let second = by_score(Place::After(next.clone())).fetch(db, cursors).await.unwrap();
            let prev = second.prev_cursor.unwrap();
            let back = by_score(Place::Before(prev.clone())).fetch(db, cursors).await.unwrap();
            assert_eq!((back.data, back.has_prev, back.has_next), (first.data, false, true));
            made.push((next, prev));
        }
        for (at, cursors) in all.iter().enumerate() {
            for (other, (next, prev)) in made.iter().enumerate().filter(|(other, _)| *other != at) {
                let expected = match (at, other) {
                    (0, _) | (1, 2) | (2, 1 | 3) | (3, 2) => CursorFault::Protected,
                    (_, 0) => CursorFault::Unsigned,
                    _ => CursorFault::UnknownKey,
                };
                assert_eq!(fault(db, cursors, by_score(Place::After(next.clone()))).await, expected, "{at}, {other}");
                assert_eq!(fault(db, cursors, by_score(Place::Before(prev.clone()))).await, expected, "{at}, {other}");
            }
        }
        let (next, _) = &made[1];
        let bound = || by_score(Place::After(next.clone())).bound_to("Ann");
        assert_eq!(fault(db, &all[1], bound()).await, CursorFault::OtherQuery);
        let lasting = all[1].clone().expires_after(Duration::from_secs(60));
        assert_eq!(fault(db, &lasting, by_score(Place::After(next.clone()))).await, CursorFault::Expired);
    });
}

/// A cursor is of its query: of another order, direction, place of `null`, filter, value of a filter or table it is refused.
#[test]
fn pg7_a_cursor_of_another_order() {
    on_all(async |fresh| {
        let (db, cursors) = (&fresh.db, cursors());
        create(db, 20, &mut Random::new(44)).await;
        let query = |grade: i32| select_from(items::table).filter(items::grade.ne(grade));
        let first = query(0).paginate_by(items::score.asc().nulls_last(), Place::First, 2).fetch(db, &cursors).await;
        let after = &Place::After(first.unwrap().next_cursor.unwrap());
        let score = items::score;
        for (is_accepted, page) in [
            (true, query(0).paginate_by(score.asc().nulls_last(), after.clone(), 2)),
            // Of as many rows as one likes, and the direction of the key is that which it has by itself.
            (true, query(0).paginate_by(score.asc().nulls_last(), after.clone(), 5)),
            (true, query(0).paginate_by((score.asc().nulls_last(), items::id), after.clone(), 2)),
            (false, query(0).paginate_by(score.asc().nulls_first(), after.clone(), 2)),
            (false, query(0).paginate_by(score.desc().nulls_last(), after.clone(), 2)),
            (false, query(0).paginate_by((score.asc().nulls_last(), items::id.desc()), after.clone(), 2)),
            (false, query(0).paginate_by((score.asc().nulls_last(), items::big), after.clone(), 2)),
            (false, query(0).paginate_by(items::id, after.clone(), 2)),
            (false, query(1).paginate_by(score.asc().nulls_last(), after.clone(), 2)),
            (false, query(0).filter(items::done.eq(true)).paginate_by(score.asc().nulls_last(), after.clone(), 2)),
            (false, query(0).limit(100).paginate_by(score.asc().nulls_last(), after.clone(), 2)),
        ] {
            match page.fetch(db, &cursors).await {
                Ok(_) => assert!(is_accepted),
                Err(error) => {
                    assert_eq!((is_accepted, error.as_cursor_fault()), (false, Some(&CursorFault::OtherQuery)))
                }
            }
        }
        // Whatever else is read of the same rows.
        let ids = query(0).select(items::id).paginate_by(score.asc().nulls_last(), after.clone(), 2);
        assert_eq!(ids.fetch(db, &cursors).await.unwrap().data.len(), 2);
    });
}

/// The old library put the query's own order first, which broke the cursor; here it is refused, unless it says which rows there
/// are at all.
#[test]
fn pg7_a_query_with_an_order_of_its_own() {
    on_all(async |fresh| {
        let db = &fresh.db;
        let rows = create(db, 20, &mut Random::new(45)).await;
        let ordered = || select_from(items::table).order_by(items::grade);
        let error = ordered().paginate_by(items::id, Place::First, 2).fetch(db, &cursors()).await.unwrap_err();
        assert!(error.is_invalid(), "{error}");
        assert!(ordered().paginate_by_key(Place::First, 2).fetch(db, &cursors()).await.unwrap_err().is_invalid());
        let last = || select_from(items::table).order_by(items::id.desc()).limit(7);
        let found = there_and_back(db, |place| last().paginate_by((items::grade, items::id), place, 2)).await;
        let mut expected = rows[13..].to_vec();
        expected.sort_by_key(|it| (it.grade, it.id));
        assert_eq!(found, expected);
    });
}
