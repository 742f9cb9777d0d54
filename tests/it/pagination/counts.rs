//! PG6: how many rows a query gives, and the bounds of what is read of it.

use futures_util::future::join_all;
use kysera::prelude::*;
use kysera::schema::create_table_for;

use super::schema::{Item, create, insertable, item, items};
use crate::support::schema::{filled, posts, users};
use crate::support::{Random, on_all};

#[test]
fn pg6_filters_and_joins() {
    on_all(async |fresh| {
        let db = &fresh.db;
        filled(db).await.unwrap();
        let users = || select_from(users::table);
        let posts_of = || users().inner_join(posts::table, posts::user_id.eq(users::id));
        let perhaps = || users().left_join(posts::table, posts::user_id.eq(users::id));
        assert_eq!(users().fetch_count(db).await.unwrap(), 3);
        assert_eq!(users().filter(users::age.gt(17)).fetch_count(db).await.unwrap(), 1);
        assert_eq!(users().filter(users::age.is_null()).fetch_count(db).await.unwrap(), 1);
        assert_eq!(users().filter(users::age.gt(100)).fetch_count(db).await.unwrap(), 0);
        assert_eq!(posts_of().fetch_count(db).await.unwrap(), 3);
        assert_eq!(posts_of().filter(posts::published.eq(true)).fetch_count(db).await.unwrap(), 2);
        assert_eq!(perhaps().fetch_count(db).await.unwrap(), 4);
        assert_eq!(perhaps().filter(posts::id.is_null()).fetch_count(db).await.unwrap(), 1);
        // What is selected and how it is ordered makes no difference.
        let ordered = perhaps().order_by(posts::score.desc()).select((users::name, posts::title));
        assert_eq!(ordered.fetch_count(db).await.unwrap(), 4);
    });
}

/// `null` is a group like any other, and the counts of all groups are that of all rows.
#[test]
fn pg6_groups_and_the_group_of_null() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create(db, 30, &mut Random::new(20)).await;
        let grouped = || {
            let groups = select_from(items::table).group_by(items::score).order_by(items::score.asc().nulls_first());
            groups.select((items::score, count_all()))
        };
        let groups = grouped().fetch_all(db).await.unwrap();
        assert_eq!(groups.iter().filter(|(score, _)| score.is_none()).count(), 1);
        assert_eq!(grouped().fetch_count(db).await.unwrap(), groups.len() as u64);
        let rows = select_from(items::table).fetch_count(db).await.unwrap();
        assert_eq!((rows, groups.iter().map(|(_, count)| count).sum::<i64>()), (30, 30));
        let of_null = select_from(items::table).filter(items::score.is_null()).fetch_count(db).await.unwrap();
        assert_eq!(i64::try_from(of_null).unwrap(), groups[0].1);
        // By number, the groups are rows.
        let page = grouped().paginate(1, 2).fetch(db).await.unwrap();
        assert_eq!((page.data.as_slice(), page.total), (&groups[..2], Some(groups.len() as u64)));
        let page = grouped().paginate(1, 2).total_beside_rows().fetch(db).await.unwrap();
        assert_eq!((page.data.as_slice(), page.total), (&groups[..2], Some(groups.len() as u64)));
    });
}

#[test]
fn pg6_no_rows() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create_table_for::<Item>().execute(db).await.unwrap();
        let query = || select_from(items::table);
        assert_eq!(query().fetch_count(db).await.unwrap(), 0);
        assert_eq!(query().distinct().select(items::grade).fetch_count(db).await.unwrap(), 0);
        let grouped = query().group_by(items::grade).select((items::grade, count_all()));
        assert_eq!(grouped.fetch_count(db).await.unwrap(), 0);
        // What an aggregate makes of no rows is one row.
        assert_eq!(query().select(count_all()).fetch_count(db).await.unwrap(), 1);
        assert_eq!(query().select(count_all()).fetch_all(db).await.unwrap(), [0]);
    });
}

#[test]
fn pg6_in_a_transaction() {
    on_all(async |fresh| {
        let db = &fresh.db;
        let mut random = Random::new(21);
        create(db, 5, &mut random).await;
        let query = || select_from(items::table);
        let transaction = db.begin().await.unwrap();
        insert_into(items::table).values(insertable(item(101, &mut random))).execute(&transaction).await.unwrap();
        assert_eq!(query().fetch_count(&transaction).await.unwrap(), 6);
        let page = query().paginate(3, 2).fetch(&transaction).await.unwrap();
        assert_eq!((page.total, page.data.len()), (Some(6), 2));
        transaction.rollback().await.unwrap();
        assert_eq!(query().fetch_count(db).await.unwrap(), 5);
    });
}

#[test]
fn pg6_many_at_once() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create(db, 40, &mut Random::new(22)).await;
        let counts = join_all((0..60_i64).map(|at| async move {
            let query = select_from(items::table).filter(items::id.le(2 * at));
            let grouped = query.clone().group_by(items::id).select(items::id);
            (query.fetch_count(db).await.unwrap(), grouped.fetch_count(db).await.unwrap())
        }));
        let expected: Vec<_> = (0..60).map(|at: u64| (at.min(40), at.min(40))).collect();
        assert_eq!(counts.await, expected);
    });
}

/// The total of a page is the count, and what all pages have.
#[test]
fn pg6_totals_agree() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create(db, 23, &mut Random::new(23)).await;
        let query = || select_from(items::table).filter(items::score.is_not_null());
        let count = query().fetch_count(db).await.unwrap();
        assert_eq!(count, query().fetch_all(db).await.unwrap().len() as u64);
        let mut found = 0;
        for number in 1.. {
            let page = query().paginate(number, 4).fetch(db).await.unwrap();
            let beside = query().paginate(number, 4).total_beside_rows().fetch(db).await.unwrap();
            assert_eq!((page.total, &page), (Some(count), &beside));
            found += page.data.len() as u64;
            assert_eq!(page.total_pages, Some(count.div_ceil(4)));
            if !page.has_next {
                break;
            }
        }
        assert_eq!(found, count);
    });
}

/// The old library put bounds on a query by a function of its own. Here they are conditions, and `limit` and `offset`: both
/// ends of `between` are in, `null` is in no range, and a range that ends before it begins is empty.
#[test]
fn pg6_ranges_and_bounds() {
    on_all(async |fresh| {
        let db = &fresh.db;
        let rows = create(db, 30, &mut Random::new(24)).await;
        let query = || select_from(items::table);
        let (first, last) = (rows.iter().map(|it| it.at).min().unwrap(), rows.iter().map(|it| it.at).max().unwrap());
        assert!(last - first < chrono::Duration::milliseconds(1));
        assert_eq!(query().filter(items::at.between(first, last)).fetch_count(db).await.unwrap(), 30);
        let expected = rows.iter().filter(|it| it.at == last).count() as u64;
        assert_eq!(query().filter(items::at.between(last, last)).fetch_count(db).await.unwrap(), expected);
        assert_eq!(query().filter(items::at.between(last, first)).fetch_count(db).await.unwrap(), 0);
        let seen = rows.iter().filter_map(|it| it.seen);
        let (first, last) = (seen.clone().min().unwrap(), seen.clone().max().unwrap());
        let ranged = query().filter(items::seen.between(first, last));
        assert_eq!(ranged.clone().fetch_count(db).await.unwrap(), seen.count() as u64);
        assert!(ranged.clone().paginate(1, 30).fetch(db).await.unwrap().data.iter().all(|it| it.seen.is_some()));
        let open = query().filter(items::seen.ge(last));
        assert_eq!(open.fetch_count(db).await.unwrap(), rows.iter().filter(|it| it.seen == Some(last)).count() as u64);

        // Bounds of the query itself are bounds of its pages.
        for (limit, offset, expected) in [(0, 0, 0), (5, 0, 5), (5, 27, 3), (5, 30, 0), (i64::MAX as u64, 0, 30)] {
            let bounded = query().order_by(items::id).limit(limit).offset(offset);
            assert_eq!(bounded.clone().fetch_count(db).await.unwrap(), expected, "{limit}, {offset}");
            assert_eq!(bounded.fetch_all(db).await.unwrap().len() as u64, expected);
        }
    });
}
