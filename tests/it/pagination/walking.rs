//! Going through all pages of a query, there and back.

use std::fmt::Debug;

use kysera::pagination::{CursorKey, Cursors, Keyset, KeysetPage, Place};
use kysera::prelude::*;

pub fn cursors() -> Cursors {
    Cursors::signed(CursorKey::new("main", [7; 32]).unwrap())
}

/// The pages of a query from the first to the last, after all that must hold of them was checked: they are full, they know
/// their neighbours, and from each the way back leads to the one before it, and from the end to the beginning.
pub async fn pages<R>(db: &dyn Executor, page: impl Fn(Place) -> Keyset<R>) -> Vec<KeysetPage<R>>
where
    R: Clone + Debug + PartialEq + Send + 'static,
{
    let cursors = cursors();
    let fetch = async |place| page(place).fetch(db, &cursors).await.unwrap_or_else(|error| panic!("{error:?}"));
    let (mut pages, mut place) = (Vec::<KeysetPage<R>>::new(), Place::First);
    loop {
        let next = fetch(place).await;
        assert_eq!(next.has_prev, !pages.is_empty(), "{pages:?} {next:?}");
        assert_eq!((next.next_cursor.is_some(), next.prev_cursor.is_some()), (next.has_next, next.has_prev));
        if let Some(before) = pages.last() {
            assert!(before.data.len() as u64 == before.limit && !next.data.is_empty(), "{pages:?} {next:?}");
            let back = fetch(Place::Before(next.prev_cursor.clone().unwrap())).await;
            assert_eq!(back.data, before.data);
            assert_eq!((back.has_next, back.has_prev), (true, before.has_prev));
        }
        let cursor = next.next_cursor.clone();
        pages.push(next);
        assert!(pages.len() < 1000, "there is no end: {pages:?}");
        match cursor {
            Some(cursor) => place = Place::After(cursor),
            None => break,
        }
    }
    let (mut back, mut place) = (Vec::new(), Place::Last);
    loop {
        let next = fetch(place).await;
        assert_eq!(next.has_next, !back.is_empty());
        back.extend(next.data.into_iter().rev());
        match next.prev_cursor {
            Some(cursor) => place = Place::Before(cursor),
            None => break,
        }
    }
    back.reverse();
    assert_eq!(back, rows(&pages));
    pages
}

pub fn rows<R: Clone>(pages: &[KeysetPage<R>]) -> Vec<R> {
    pages.iter().flat_map(|page| page.data.clone()).collect()
}

/// All rows of a query, by its pages.
pub async fn there_and_back<R>(db: &dyn Executor, page: impl Fn(Place) -> Keyset<R>) -> Vec<R>
where
    R: Clone + Debug + PartialEq + Send + 'static,
{
    rows(&pages(db, page).await)
}
