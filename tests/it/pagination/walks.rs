//! Any order, any limit, both ways: every row exactly once.

use futures_util::TryStreamExt;
use kysera::expr::{Of, Ordered};
use kysera::pagination::{Cursors, KeysetPage, Place};
use kysera::prelude::*;

use super::schema::{Item, create, insertable, item, items};
use crate::support::{Random, on_all};

/// What a walk is ordered by: one to four terms.
fn order(random: &mut Random) -> Vec<Ordered<Of<items::table>>> {
    let count = 1 + random.below(4);
    (0..count).map(|_| term(random)).collect()
}

fn term(random: &mut Random) -> Ordered<Of<items::table>> {
    macro_rules! by {
        ($column:expr) => {
            if random.below(2) == 0 { $column.asc() } else { $column.desc() }
        };
    }
    let ordered = match random.below(11) {
        0 => by!(items::grade),
        1 | 2 => by!(items::score),
        3 => by!(items::name),
        4 => by!(items::price),
        5 => by!(items::at),
        6 => by!(items::seen),
        7 => by!(items::token),
        8 => by!(items::big),
        9 => by!(items::share),
        _ => by!(items::done),
    };
    match random.below(3) {
        0 => ordered,
        1 => ordered.nulls_first(),
        _ => ordered.nulls_last(),
    }
}

fn ids(rows: &[Item]) -> Vec<i64> {
    rows.iter().map(|it| it.id).collect()
}

async fn page(db: &Db, order: &[Ordered<Of<items::table>>], place: Place, limit: i64) -> KeysetPage<Item> {
    let query = select_from(items::table).paginate_by(order.to_vec(), place, limit);
    query.fetch(db, &Cursors::unsigned()).await.unwrap_or_else(|error| panic!("{}: {order:?}: {error}", db.spec().name))
}

/// PG2, PG3, PG7: all orders, all limits, there and back.
#[test]
fn pg7_every_row_is_on_one_page_and_the_way_back_is_the_way_there() {
    on_all(async |fresh| {
        let mut random = Random::new(0x9a6e);
        let rows = create(&fresh.db, 40, &mut random).await;
        for round in 0..60 {
            let order = order(&mut random);
            let limit = i64::try_from(1 + random.below(if round % 3 == 0 { 45 } else { 9 })).unwrap();
            let context = format!("{}, round {round}, limit {limit}: {order:?}", fresh.db.spec().name);
            let mut pages = Vec::new();
            let mut place = Place::First;
            loop {
                let page = page(&fresh.db, &order, place, limit).await;
                assert_eq!(page.has_prev, !pages.is_empty(), "{context}");
                assert_eq!(page.has_next, page.next_cursor.is_some(), "{context}");
                assert_eq!(page.has_prev, page.prev_cursor.is_some(), "{context}");
                let next = page.next_cursor.clone();
                pages.push(page);
                match next {
                    Some(cursor) => place = Place::After(cursor),
                    None => break,
                }
            }
            let there: Vec<_> = pages.iter().flat_map(|page| ids(&page.data)).collect();
            let mut sorted = there.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, ids(&rows), "{context}");
            assert!(
                pages.iter().rev().skip(1).all(|page| page.data.len() == usize::try_from(limit).unwrap()),
                "{context}"
            );

            // From each page the one before it, which is full.
            for pair in pages.windows(2) {
                let before = Place::Before(pair[1].prev_cursor.clone().unwrap());
                let back = page(&fresh.db, &order, before, limit).await;
                assert_eq!(ids(&back.data), ids(&pair[0].data), "{context}");
                assert!(back.has_next, "{context}");
            }

            // From the end to the beginning.
            let (mut back, mut place) = (Vec::new(), Place::Last);
            loop {
                let page = page(&fresh.db, &order, place, limit).await;
                assert_eq!(page.has_next, !back.is_empty(), "{context}");
                back.extend(page.data.iter().rev().map(|it| it.id));
                match page.prev_cursor {
                    Some(cursor) => place = Place::Before(cursor),
                    None => break,
                }
            }
            back.reverse();
            assert_eq!(back, there, "{context}");

            let streamed = select_from(items::table).pages(order.clone(), u32::try_from(limit).unwrap());
            let streamed: Vec<Item> = streamed.fetch(&fresh.db).try_concat().await.unwrap();
            assert_eq!(ids(&streamed), there, "{context}");

            // The order is the server's own.
            let by_server = select_from(items::table).order_by(order.clone()).fetch_all(&fresh.db).await.unwrap();
            let place_of = |id: i64| by_server.iter().position(|it| it.id == id).unwrap();
            let mut last = None;
            for row in &streamed {
                let tied = by_server.iter().filter(|it| same(it, row, &order)).map(|it| place_of(it.id));
                let first_of_its_ties = tied.min().unwrap();
                assert!(last.is_none_or(|last| last <= first_of_its_ties), "{context}");
                last = Some(first_of_its_ties);
            }
        }
    });
}

/// Whether two rows are the same in an order.
fn same(one: &Item, other: &Item, order: &[Ordered<Of<items::table>>]) -> bool {
    let words = format!("{order:?}");
    let by = |column: &str| words.contains(&format!("\"{column}\""));
    (!by("grade") || one.grade == other.grade)
        && (!by("score") || one.score == other.score)
        && (!by("name") || one.name == other.name)
        && (!by("price") || one.price == other.price)
        && (!by("at") || one.at == other.at)
        && (!by("seen") || one.seen == other.seen)
        && (!by("token") || one.token == other.token)
        && (!by("big") || one.big == other.big)
        && (!by("share") || one.share.to_bits() == other.share.to_bits())
        && (!by("done") || one.done == other.done)
}

/// PG3, PG7: rows that stay are there once, whatever comes and goes, also the row of the cursor itself.
#[test]
fn pg7_rows_that_stay_are_seen_once_while_others_come_and_go() {
    on_all(async |fresh| {
        let mut random = Random::new(0xbeef);
        let rows = create(&fresh.db, 40, &mut random).await;
        for round in 0..20 {
            let order = order(&mut random);
            let limit = i64::try_from(1 + random.below(6)).unwrap();
            let backwards = round % 2 == 1;
            let context = format!("{}, round {round}, limit {limit}: {order:?}", fresh.db.spec().name);
            let (mut seen, mut gone) = (Vec::new(), Vec::new());
            let mut place = if backwards { Place::Last } else { Place::First };
            for step in 0_i64.. {
                let page = page(&fresh.db, &order, place, limit).await;
                seen.extend(ids(&page.data));
                let cursor = if backwards { page.prev_cursor } else { page.next_cursor };
                let Some(cursor) = cursor else { break };
                place = if backwards { Place::Before(cursor) } else { Place::After(cursor) };
                // It is not run away from for ever.
                if step > 30 {
                    continue;
                }
                // A new row somewhere; and the row of the cursor, or any other, is gone.
                let id = 1001 + 2 * step;
                let row = insertable(item(id, &mut random));
                insert_into(items::table).values(row).execute(&fresh.db).await.unwrap();
                let end = if backwards { page.data.first() } else { page.data.last() };
                let victim =
                    if step % 2 == 0 { end.unwrap().id } else { 2 * (1 + i64::try_from(random.below(40)).unwrap()) };
                delete_from(items::table).filter(items::id.eq(victim)).execute(&fresh.db).await.unwrap();
                gone.push(victim);
            }
            for row in rows.iter().filter(|row| !gone.contains(&row.id)) {
                assert_eq!(seen.iter().filter(|id| **id == row.id).count(), 1, "{context}: {}", row.id);
            }
            for id in seen.iter() {
                assert_eq!(seen.iter().filter(|it| *it == id).count(), 1, "{context}: {id}");
            }
            delete_from(items::table).all_rows().execute(&fresh.db).await.unwrap();
            let again = rows.iter().cloned().map(insertable).collect::<Vec<_>>();
            insert_into(items::table).values(again).execute(&fresh.db).await.unwrap();
        }
    });
}
