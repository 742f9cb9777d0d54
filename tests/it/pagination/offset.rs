//! PG1: pages by number.

use kysera::pagination::{Offset, Page};
use kysera::prelude::*;
use kysera::schema::create_table_for;

use super::schema::{Item, create, items};
use crate::support::schema::{filled, posts, users};
use crate::support::{Random, on_all};

fn ids(rows: &[Item]) -> Vec<i64> {
    rows.iter().map(|it| it.id).collect()
}

/// Whether there is a page after it, and one before it.
fn neighbours<T>(page: &Page<T>) -> (bool, bool) {
    (page.has_next, page.has_prev)
}

/// The three ways to know, or not to know, how many rows there are.
fn ways<R>(page: impl Fn() -> Offset<R>) -> [Offset<R>; 3] {
    [page(), page().total_beside_rows(), page().without_total()]
}

#[test]
fn pg1_the_first_page_of_20_the_second_and_the_last() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create(db, 45, &mut Random::new(1)).await;
        // Of one grade there are many rows, and each of them is on one page.
        let query = || select_from(items::table).order_by(items::grade);
        let all = select_from(items::table).order_by((items::grade, items::id)).fetch_all(db).await.unwrap();
        let mut found = Vec::new();
        for (number, count, expected) in [(1_i64, 20, (true, false)), (2, 20, (true, true)), (3, 5, (false, true))] {
            for way in ways(|| query().paginate(number, None)) {
                let page = way.fetch(db).await.unwrap();
                assert_eq!((page.data.len(), page.page, page.limit), (count, number.unsigned_abs(), 20));
                assert_eq!(neighbours(&page), expected);
                assert!(page.total.is_none_or(|it| it == 45) && page.total_pages.is_none_or(|it| it == 3));
                assert_eq!(page.total.is_some(), page.total_pages.is_some());
                let from = found.len();
                assert_eq!(page.data, all[from..from + count]);
            }
            found.extend_from_slice(&all[found.len()..found.len() + count]);
        }
        assert_eq!(query().paginate(None, None).fetch(db).await.unwrap().data, all[..20]);
        // A page that is just full is the last one.
        for way in ways(|| query().paginate(3, 15)) {
            let page = way.fetch(db).await.unwrap();
            assert_eq!((ids(&page.data), neighbours(&page)), (ids(&all[30..]), (false, true)));
        }
    });
}

#[test]
fn pg1_after_the_end_a_page_is_empty() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create(db, 45, &mut Random::new(2)).await;
        for number in [4, 1_000_000, i64::MAX / 20, i64::MAX - 1, i64::MAX] {
            for way in ways(|| select_from(items::table).paginate(number, None)) {
                let page = way.fetch(db).await.unwrap_or_else(|error| panic!("{number}: {error}"));
                assert_eq!((page.data.len(), page.page, neighbours(&page)), (0, number.unsigned_abs(), (false, true)));
                assert!(page.total.is_none_or(|it| it == 45) && page.total_pages.is_none_or(|it| it == 3));
            }
        }
    });
}

/// The old library said that before an empty page there is one. Where there is no row, there is no page.
#[test]
fn pg1_of_an_empty_table() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create_table_for::<Item>().execute(db).await.unwrap();
        for number in [1, 2] {
            let [counted, beside, unknown] = ways(|| select_from(items::table).paginate(number, 5));
            for page in [counted.fetch(db).await.unwrap(), beside.fetch(db).await.unwrap()] {
                assert_eq!((page.data.len(), page.total, page.total_pages), (0, Some(0), Some(0)));
                assert_eq!(neighbours(&page), (false, false));
            }
            let page = unknown.fetch(db).await.unwrap();
            assert_eq!((page.data.len(), page.total, page.total_pages, page.has_next), (0, None, None, false));
        }
    });
}

/// A page below the first one is the first one, as a client's text may say anything; of a limit below zero nothing can be made.
#[test]
fn pg1_numbers_and_limits_that_are_none() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create(db, 7, &mut Random::new(3)).await;
        let query = || select_from(items::table);
        let first = query().paginate(1, 3).fetch(db).await.unwrap();
        for number in [0, -1, i64::MIN] {
            for way in ways(|| query().paginate(number, 3)) {
                let page = way.fetch(db).await.unwrap();
                assert_eq!((page.page, &page.data, neighbours(&page)), (1, &first.data, (true, false)));
            }
        }
        for limit in [-1, i64::MIN] {
            for way in ways(|| query().paginate(1, limit)) {
                assert!(way.compile(db.spec()).unwrap_err().is_bad_request());
                let error = way.fetch(db).await.unwrap_err();
                assert!(error.is_bad_request());
                assert_eq!(
                    error.to_string(),
                    "the limit of a page is below zero; leave it out, or ask for a row or more"
                );
            }
        }
        for number in [1, 2] {
            let [counted, beside, unknown] = ways(|| query().paginate(number, 0));
            for page in [counted.fetch(db).await.unwrap(), beside.fetch(db).await.unwrap()] {
                assert_eq!((page.data.len(), page.limit, page.total, page.total_pages), (0, 0, Some(7), Some(0)));
                assert!(!page.has_next && !page.has_prev);
            }
            let page = unknown.fetch(db).await.unwrap();
            assert_eq!((page.data.len(), page.total, page.has_next), (0, None, false));
        }
    });
}

#[test]
fn pg1_a_limit_is_limited() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create(db, 7, &mut Random::new(4)).await;
        for way in ways(|| select_from(items::table).paginate(2, i64::MAX)) {
            let page = way.fetch(db).await.unwrap();
            assert_eq!((page.limit, page.data.len(), neighbours(&page)), (10_000, 0, (false, true)));
        }
        for way in ways(|| select_from(items::table).paginate(2, i64::MAX).max_limit(3)) {
            let page = way.fetch(db).await.unwrap();
            assert_eq!((page.limit, ids(&page.data), neighbours(&page)), (3, vec![8, 10, 12], (true, true)));
        }
        for way in ways(|| select_from(items::table).paginate(1, i64::MAX).max_limit(u32::MAX)) {
            let page = way.fetch(db).await.unwrap();
            assert_eq!((page.limit, page.data.len(), neighbours(&page)), (u32::MAX.into(), 7, (false, false)));
        }
        let page = select_from(items::table).paginate(i64::MAX, i64::MAX).max_limit(u32::MAX).without_total();
        assert!(page.fetch(db).await.unwrap().data.is_empty());
    });
}

#[test]
fn pg1_of_conditions_and_joins() {
    on_all(async |fresh| {
        let db = &fresh.db;
        filled(db).await.unwrap();
        let query = || {
            let joined = select_from(users::table).left_join(posts::table, posts::user_id.eq(users::id));
            joined.filter(users::name.ne("Bob")).order_by(users::name.desc()).select((users::name, posts::title))
        };
        for way in ways(|| query().paginate(1, 2)) {
            let page = way.fetch(db).await.unwrap();
            assert!(page.total.is_none_or(|it| it == 3));
            let expected = [("Cid".to_owned(), None), ("Ann".into(), Some("second".into()))];
            assert_eq!((page.data.as_slice(), neighbours(&page)), (&expected[..], (true, false)));
        }
        for way in ways(|| query().paginate(2, 2)) {
            let page = way.fetch(db).await.unwrap();
            assert_eq!(page.data, [("Ann".to_owned(), Some("first".to_owned()))]);
            assert_eq!(neighbours(&page), (false, true));
        }
    });
}

#[test]
fn pg1_in_json() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create(db, 3, &mut Random::new(5)).await;
        let page = select_from(items::table).select(items::id).paginate(2, 2).fetch(db).await.unwrap();
        let expected = serde_json::json!({
            "data": [6], "page": 2, "limit": 2, "total": 3, "total_pages": 2, "has_next": false, "has_prev": true
        });
        assert_eq!(serde_json::to_value(&page).unwrap(), expected);
    });
}
