//! PG2, PG3: pages by a place in an order of one, two and three columns, and of any limit.

use kysera::expr::{Of, Ordered};
use kysera::pagination::{Keyset, Place};
use kysera::prelude::*;
use kysera::schema::create_table_for;

use super::schema::{Item, create, insertable, item, items};
use super::walking::{cursors, pages, rows};
use crate::support::{Random, on_all};

type Term = Ordered<Of<items::table>>;

fn ids(rows: &[Item]) -> Vec<i64> {
    rows.iter().map(|it| it.id).collect()
}

fn by(order: &[Term], place: Place, limit: i64) -> Keyset<Item> {
    select_from(items::table).paginate_by(order.to_vec(), place, limit)
}

/// Ten rows by three are four pages, of every row once, in the order that the server gives them in.
async fn ten_by_three(db: &Db, order: Vec<Term>) {
    let pages = pages(db, |place| by(&order, place, 3)).await;
    let lengths: Vec<_> = pages.iter().map(|page| page.data.len()).collect();
    assert_eq!(lengths, [3, 3, 3, 1], "{order:?}");
    // What is added to an order to make it one is the key, in the direction of the last term.
    let is_down = order.last().is_some_and(|term| format!("{term:?}").contains("Descending"));
    let key = if is_down { items::id.desc() } else { items::id.asc() };
    let expected = select_from(items::table).order_by((order.clone(), key)).fetch_all(db).await.unwrap();
    assert_eq!(expected.len(), 10);
    assert_eq!(ids(&rows(&pages)), ids(&expected), "{order:?}");
}

#[test]
fn pg2_one_column_up_and_down() {
    on_all(async |fresh| {
        create(&fresh.db, 10, &mut Random::new(10)).await;
        for order in [items::id.asc(), items::id.desc(), items::grade.asc(), items::grade.desc(), items::big.desc()] {
            ten_by_three(&fresh.db, vec![order]).await;
        }
    });
}

#[test]
fn pg2_two_columns_in_all_directions() {
    on_all(async |fresh| {
        create(&fresh.db, 10, &mut Random::new(11)).await;
        for first in [items::grade.asc(), items::grade.desc()] {
            for second in [items::at.asc(), items::at.desc(), items::id.asc(), items::id.desc()] {
                ten_by_three(&fresh.db, vec![first.clone(), second]).await;
            }
        }
    });
}

#[test]
fn pg2_three_columns_in_all_directions() {
    on_all(async |fresh| {
        create(&fresh.db, 10, &mut Random::new(12)).await;
        for first in [items::done.asc(), items::done.desc()] {
            for second in [items::grade.asc(), items::grade.desc()] {
                for third in [items::id.asc(), items::id.desc(), items::score.asc(), items::score.desc()] {
                    ten_by_three(&fresh.db, vec![first.clone(), second.clone(), third]).await;
                }
            }
        }
    });
}

/// The one that was called simple: by the key, with a limit of 20 if nothing is said.
#[test]
fn pg2_by_the_key() {
    on_all(async |fresh| {
        let all = create(&fresh.db, 45, &mut Random::new(13)).await;
        let pages = pages(&fresh.db, |place| select_from(items::table).paginate_by_key(place, None)).await;
        let lengths: Vec<_> = pages.iter().map(|page| (page.data.len(), page.limit)).collect();
        assert_eq!(lengths, [(20, 20), (20, 20), (5, 20)]);
        assert_eq!(rows(&pages), all);
    });
}

#[test]
fn pg3_limits_around_the_number_of_rows() {
    on_all(async |fresh| {
        create(&fresh.db, 6, &mut Random::new(14)).await;
        let order = [items::grade.desc()];
        for (limit, expected) in
            [(1, vec![1; 6]), (2, vec![2, 2, 2]), (5, vec![5, 1]), (6, vec![6]), (7, vec![6]), (i64::MAX, vec![6])]
        {
            let pages = pages(&fresh.db, |place| by(&order, place, limit)).await;
            assert_eq!(pages.iter().map(|page| page.data.len()).collect::<Vec<_>>(), expected, "{limit}");
        }
        let limited = pages(&fresh.db, |place| by(&order, place, i64::MAX).max_limit(4)).await;
        assert_eq!(limited.iter().map(|page| (page.data.len(), page.limit)).collect::<Vec<_>>(), [(4, 4), (2, 4)]);
        let limited = by(&order, Place::First, i64::MAX).max_limit(u32::MAX).fetch(&fresh.db, &cursors()).await;
        assert_eq!(limited.unwrap().limit, u64::from(u32::MAX));
    });
}

#[test]
fn pg3_below_zero() {
    on_all(async |fresh| {
        create_table_for::<Item>().execute(&fresh.db).await.unwrap();
        for limit in [-1, i64::MIN] {
            let page = || by(&[items::id.asc()], Place::First, limit);
            assert!(page().compile(fresh.db.spec(), &cursors()).unwrap_err().is_bad_request());
            let error = page().fetch(&fresh.db, &cursors()).await.unwrap_err();
            assert!(error.is_bad_request());
            assert_eq!(error.to_string(), "the limit of a page is below zero; leave it out, or ask for a row or more");
        }
    });
}

/// A page without rows says whether there are rows around its place, and leads to them.
#[test]
fn pg3_a_limit_of_0() {
    on_all(async |fresh| {
        let (db, cursors) = (&fresh.db, cursors());
        let all = create(db, 5, &mut Random::new(15)).await;
        let page = |place, limit| by(&[items::id.asc()], place, limit);
        for (place, expected) in [(Place::First, (true, false)), (Place::Last, (false, true))] {
            let none = page(place, 0).fetch(db, &cursors).await.unwrap();
            assert_eq!((none.data.len(), none.limit, none.has_next, none.has_prev), (0, 0, expected.0, expected.1));
            assert_eq!((none.next_cursor, none.prev_cursor), (None, None));
        }
        let two = page(Place::First, 2).fetch(db, &cursors).await.unwrap();
        let none = page(Place::After(two.next_cursor.clone().unwrap()), 0).fetch(db, &cursors).await.unwrap();
        assert_eq!((none.data.len(), none.has_next, none.has_prev), (0, true, true));
        let next = page(Place::After(none.next_cursor.unwrap()), 9).fetch(db, &cursors).await.unwrap();
        assert_eq!(next.data, all[2..]);
        let back = page(Place::Before(none.prev_cursor.unwrap()), 9).fetch(db, &cursors).await.unwrap();
        assert_eq!(back.data, all[..2]);
    });
}

/// The old library guessed by the cursor that there is a page before; after rows were deleted there may be none.
#[test]
fn pg3_rows_deleted_between_pages() {
    on_all(async |fresh| {
        let (db, cursors) = (&fresh.db, cursors());
        create(db, 9, &mut Random::new(16)).await;
        let page = async |place| by(&[items::id.asc()], place, 3).fetch(db, &cursors).await.unwrap();
        let delete = async |ids: &[i64]| {
            delete_from(items::table).filter(items::id.in_(ids.to_vec())).execute(db).await.unwrap();
        };
        let first = page(Place::First).await;
        assert_eq!(ids(&first.data), [2, 4, 6]);
        let after = || Place::After(first.next_cursor.clone().unwrap());
        // The row of the cursor itself, and one that would be on the page.
        delete(&[6, 10]).await;
        let second = page(after()).await;
        assert_eq!((ids(&second.data), second.has_prev, second.has_next), (vec![8, 12, 14], true, true));
        let back = page(Place::Before(second.prev_cursor.clone().unwrap())).await;
        assert_eq!((ids(&back.data), back.has_prev, back.has_next), (vec![2, 4], false, true));
        // All that was before.
        delete(&[2, 4]).await;
        let second = page(after()).await;
        assert_eq!((ids(&second.data), second.has_prev, second.prev_cursor), (vec![8, 12, 14], false, None));
        // All that was after.
        delete(&[8, 12, 14, 16, 18]).await;
        let second = page(after()).await;
        assert_eq!((second.data.len(), second.has_prev, second.has_next), (0, false, false));
        assert_eq!((second.next_cursor, second.prev_cursor), (None, None));
    });
}

/// An empty page between rows leads to both sides: also to those that came back to where it is.
#[test]
fn pg3_rows_deleted_behind_the_last_page() {
    on_all(async |fresh| {
        let (db, cursors) = (&fresh.db, cursors());
        create(db, 4, &mut Random::new(17)).await;
        let page = async |place| by(&[items::id.asc()], place, 2).fetch(db, &cursors).await.unwrap();
        let first = page(Place::First).await;
        delete_from(items::table).filter(items::id.gt(4)).execute(db).await.unwrap();
        let second = page(Place::After(first.next_cursor.unwrap())).await;
        assert_eq!((second.data.len(), second.has_prev, second.has_next), (0, true, false));
        // The row of the cursor is one of those before.
        let back = page(Place::Before(second.prev_cursor.unwrap())).await;
        assert_eq!((ids(&back.data), back.has_prev, back.has_next), (vec![2, 4], false, false));
    });
}

/// The other way around: before an empty page there is nothing, and after it comes the row of the cursor.
#[test]
fn pg3_rows_deleted_before_the_first_page() {
    on_all(async |fresh| {
        let (db, cursors) = (&fresh.db, cursors());
        create(db, 4, &mut Random::new(19)).await;
        let page = async |place| by(&[items::id.asc()], place, 2).fetch(db, &cursors).await.unwrap();
        let last = page(Place::Last).await;
        delete_from(items::table).filter(items::id.le(4)).execute(db).await.unwrap();
        let none = page(Place::Before(last.prev_cursor.unwrap())).await;
        assert_eq!((none.data.len(), none.has_prev, none.has_next), (0, false, true));
        let next = page(Place::After(none.next_cursor.unwrap())).await;
        assert_eq!((ids(&next.data), next.has_prev, next.has_next), (vec![6, 8], false, false));
    });
}

/// Only the last term takes the place itself along: rows of the same grade that come after it are not before it.
#[test]
fn pg3_rows_deleted_around_a_place_of_several_terms() {
    on_all(async |fresh| {
        let (db, cursors, mut random) = (&fresh.db, cursors(), Random::new(18));
        create_table_for::<Item>().execute(db).await.unwrap();
        let mut insert = async |ids: &[i64]| {
            let rows = ids.iter().map(|id| insertable(Item { grade: 1, ..item(*id, &mut random) }));
            insert_into(items::table).values(rows.collect::<Vec<_>>()).execute(db).await.unwrap();
        };
        for order in [[items::grade.asc(), items::id.asc()], [items::grade.desc(), items::id.asc()]] {
            let page = async |place| by(&order, place, 2).fetch(db, &cursors).await.unwrap();
            insert(&[2, 4, 6, 8]).await;
            let after = page(Place::First).await.next_cursor.unwrap();
            delete_from(items::table).filter(items::id.le(4)).execute(db).await.unwrap();
            let second = page(Place::After(after.clone())).await;
            assert_eq!((ids(&second.data), second.has_prev, second.has_next), (vec![6, 8], false, false), "{order:?}");
            delete_from(items::table).all_rows().execute(db).await.unwrap();
            insert(&[2]).await;
            let none = page(Place::After(after)).await;
            assert_eq!((none.data.len(), none.has_prev, none.has_next), (0, true, false));
            insert(&[4, 6]).await;
            let back = page(Place::Before(none.prev_cursor.unwrap())).await;
            assert_eq!((ids(&back.data), back.has_prev, back.has_next), (vec![2, 4], false, true), "{order:?}");
            delete_from(items::table).all_rows().execute(db).await.unwrap();
        }
    });
}

#[test]
fn pg3_of_an_empty_table() {
    on_all(async |fresh| {
        create_table_for::<Item>().execute(&fresh.db).await.unwrap();
        for place in [Place::First, Place::Last] {
            let page = by(&[items::id.asc()], place, 3).fetch(&fresh.db, &cursors()).await.unwrap();
            assert_eq!((page.data.len(), page.has_next, page.has_prev), (0, false, false));
            assert_eq!((page.next_cursor, page.prev_cursor), (None, None));
        }
    });
}
