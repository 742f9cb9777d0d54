//! PG7: pages under plugins that filter rows, call tables and columns otherwise, and log what is written: the same rows as a
//! query gives that says all of it by itself.

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use kysera::expr::{Of, Ordered};
use kysera::pagination::Place;
use kysera::plugin::{Actor, Audit, DeduplicateJoins, NameMapping, RowPolicies, SoftDelete, Timestamps};
use kysera::prelude::*;
use kysera::schema::create_table_for;

use super::walking::{cursors, there_and_back};
use crate::support::servers::Fresh;
use crate::support::{Random, on_all};

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "team_entries")]
pub struct Entry {
    #[column(primary_key)]
    pub entry_id: i64,
    pub tenant_id: Option<i64>,
    pub grade: i32,
    pub high_score: Option<i32>,
    pub updated_at: Option<DateTime<Utc>>,
    pub deleted_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "entry_marks")]
pub struct Mark {
    #[column(primary_key)]
    pub mark_id: i64,
    pub tenant_id: Option<i64>,
    pub entry_id: i64,
    pub deleted_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Copy)]
struct Tenant(i64);

/// Other names in the database.
fn names() -> NameMapping {
    NameMapping::camel_case().tables(|table| format!("T {table}"))
}

/// Rows of two tenants, of which some are deleted, and both databases: of all rows, and of those that are seen.
async fn databases(fresh: &Fresh, seed: u64) -> (Db, Db) {
    let all = Db::builder(fresh.url.clone()).plugin(names()).connect().await.unwrap();
    create_table_for::<Entry>().execute(&all).await.unwrap();
    create_table_for::<Mark>().execute(&all).await.unwrap();
    let random = &mut Random::new(seed);
    let tenant = |random: &mut Random| Some(7 + i64::try_from(random.below(2)).unwrap());
    let deleted =
        |random: &mut Random| (random.below(3) == 0).then(|| DateTime::from_timestamp(1_700_000_000, 0).unwrap());
    let entry = |entry_id| {
        let grade = i32::try_from(random.below(3)).unwrap();
        let high_score = Some(i32::try_from(random.below(4)).unwrap()).filter(|it| *it > 0);
        NewEntry {
            tenant_id: tenant(random),
            high_score,
            deleted_at: deleted(random),
            ..NewEntry::new(entry_id, grade)
        }
    };
    let entries: Vec<_> = (1..=60).map(entry).collect();
    insert_into(team_entries::table).values(entries).execute(&all).await.unwrap();
    let mark = |mark_id| NewMark {
        tenant_id: tenant(random),
        deleted_at: deleted(random),
        ..NewMark::new(mark_id, 1 + i64::try_from(random.below(60)).unwrap())
    };
    let marks: Vec<_> = (1..=90).map(mark).collect();
    insert_into(entry_marks::table).values(marks).execute(&all).await.unwrap();
    let seen = Db::builder(fresh.url.clone())
        .plugin(names())
        .plugin(SoftDelete::new())
        .plugin(Timestamps::new())
        .plugin(DeduplicateJoins)
        .plugin(RowPolicies::new().tenant("tenant_id", |tenant: &Tenant| tenant.0.into()));
    (all, seen.connect().await.unwrap())
}

fn order(random: &mut Random) -> Vec<Ordered<Of<team_entries::table>>> {
    let term = |random: &mut Random| {
        let term = match random.below(4) {
            0 => team_entries::grade.asc(),
            1 => team_entries::grade.desc(),
            2 => team_entries::high_score.asc(),
            _ => team_entries::high_score.desc(),
        };
        match random.below(3) {
            0 => term,
            1 => term.nulls_first(),
            _ => term.nulls_last(),
        }
    };
    (0..=random.below(3)).map(|_| term(random)).collect()
}

/// The rows of a page's query in the order of a walk: each of the direction that the key takes.
fn ids(rows: &[Entry]) -> Vec<i64> {
    let mut ids: Vec<_> = rows.iter().map(|it| it.entry_id).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn pg7_every_row_that_is_seen_in_every_order() {
    on_all(async |fresh| {
        let (all, db) = databases(fresh, 0xb51de).await;
        let (seven, eight) = (db.with(Tenant(7)), db.with(Tenant(8)));
        let random = &mut Random::new(5);
        let own = |tenant| {
            select_from(team_entries::table)
                .filter(team_entries::tenant_id.eq(tenant))
                .filter(team_entries::deleted_at.is_null())
        };
        for round in 0..16 {
            let order = order(random);
            let limit = 1 + i64::try_from(random.below(9)).unwrap();
            let context = format!("{}, round {round}, limit {limit}: {order:?}", db.spec().name);
            // The same walk by what is said in the query.
            let by_hand = there_and_back(&all, |place| own(7).paginate_by(order.clone(), place, limit)).await;
            let page = |place| select_from(team_entries::table).paginate_by(order.clone(), place, limit);
            assert_eq!(there_and_back(&seven, page).await, by_hand, "{context}");
            assert_eq!(ids(&by_hand), ids(&own(7).fetch_all(&all).await.unwrap()), "{context}");
            let streamed = select_from(team_entries::table).pages(order.clone(), u32::try_from(limit).unwrap());
            let streamed: Vec<Entry> = streamed.fetch(&seven).try_concat().await.unwrap();
            assert_eq!(streamed, by_hand, "{context}");

            // A cursor of one tenant shows another nothing but its own rows.
            let next = page(Place::First).fetch(&seven, &cursors()).await.unwrap().next_cursor.unwrap();
            let foreign = page(Place::After(next)).fetch(&eight, &cursors()).await.unwrap();
            assert!(foreign.data.iter().all(|it| it.tenant_id == Some(8) && it.deleted_at.is_none()), "{context}");
        }
        // Deleted rows too, and those alone.
        let deleted = |of| select_from(team_entries::table).with(of);
        let by = |q: kysera::query::Annotated<_>, place| q.paginate_by(team_entries::high_score.desc(), place, 4);
        let both = there_and_back(&seven, |place| by(deleted(SoftDelete::include_deleted()), place)).await;
        let only = there_and_back(&seven, |place| by(deleted(SoftDelete::only_deleted()), place)).await;
        let tenants = select_from(team_entries::table).filter(team_entries::tenant_id.eq(7));
        assert_eq!(ids(&both), ids(&tenants.fetch_all(&all).await.unwrap()));
        assert_eq!(both.len(), only.len() + own(7).fetch_all(&all).await.unwrap().len());
        assert!(only.iter().all(|it| it.deleted_at.is_some()) && !only.is_empty());
        all.close().await.unwrap();
        db.close().await.unwrap();
    });
}

#[test]
fn pg7_joins_groups_and_totals_of_the_rows_that_are_seen() {
    on_all(async |fresh| {
        let (all, db) = databases(fresh, 0xb51df).await;
        let seven = &db.with(Tenant(7));
        let is_mark = || entry_marks::entry_id.eq(team_entries::entry_id);
        let is_seen = || entry_marks::tenant_id.eq(7).and(entry_marks::deleted_at.is_null());
        let own = || team_entries::tenant_id.eq(7).and(team_entries::deleted_at.is_null());
        let columns = || (team_entries::entry_id, entry_marks::mark_id, team_entries::high_score);
        let plain = || select_from(team_entries::table).left_join(entry_marks::table, is_mark()).select(columns());
        let by_hand = || {
            let joined = select_from(team_entries::table).left_join(entry_marks::table, is_mark().and(is_seen()));
            joined.filter(own()).select(columns())
        };
        macro_rules! by {
            ($query:expr) => {
                |place| $query.paginate_by(team_entries::high_score.desc().nulls_last(), place, 5)
            };
        }
        let expected = there_and_back(&all, by!(by_hand())).await;
        assert!(expected.iter().any(|it| it.1.is_none()) && expected.iter().any(|it| it.1.is_some()));
        assert_eq!(there_and_back(seven, by!(plain())).await, expected);

        let page = plain().order_by((team_entries::entry_id, entry_marks::mark_id)).paginate(2, 5).fetch(seven).await;
        let page = page.unwrap();
        let wanted = by_hand().order_by((team_entries::entry_id, entry_marks::mark_id)).limit(5).offset(5);
        assert_eq!(page.data, wanted.fetch_all(&all).await.unwrap());
        assert_eq!(page.total, Some(u64::try_from(expected.len()).unwrap()));
        assert_eq!(plain().fetch_count(seven).await.unwrap(), u64::try_from(expected.len()).unwrap());

        let groups = || {
            let grouped = select_from(team_entries::table).group_by(team_entries::high_score);
            grouped.select((team_entries::high_score, count_all()))
        };
        let wanted = groups().filter(own()).order_by(team_entries::high_score.desc()).fetch_all(&all).await.unwrap();
        let found =
            there_and_back(seven, |place| groups().paginate_by(team_entries::high_score.desc(), place, 1)).await;
        assert_eq!(found, wanted);
        assert_eq!(groups().fetch_count(seven).await.unwrap(), u64::try_from(wanted.len()).unwrap());

        // Of nobody there is no page of any kind.
        let query = || select_from(team_entries::table);
        assert!(query().paginate_by_key(Place::First, 3).fetch(&db, &cursors()).await.unwrap_err().is_invalid());
        assert!(query().paginate(1, 3).fetch(&db).await.unwrap_err().is_invalid());
        assert!(query().fetch_count(&db).await.unwrap_err().is_invalid());
        all.close().await.unwrap();
        db.close().await.unwrap();
    });
}

/// A job that goes through rows by pages and changes what it sees, in a log.
#[test]
fn pg7_each_row_is_changed_once_and_logged_once() {
    on_all(async |fresh| {
        let (all, seen) = databases(fresh, 0xb51e0).await;
        let audit = Audit::new();
        let db = Db::builder(fresh.url.clone()).plugin(names()).plugin(SoftDelete::new()).plugin(audit.clone());
        let db = db.connect().await.unwrap();
        let job = db.with(Actor::new("job"));
        let page = |place| {
            let late = select_from(team_entries::table).filter(team_entries::grade.eq(1));
            late.paginate_by(team_entries::high_score.desc().nulls_last(), place, 3)
        };
        let expected = there_and_back(&job, page).await;
        let log = async || audit.history().of(team_entries::table).fetch_all(&db).await.unwrap();
        assert!(log().await.is_empty() && expected.len() > 6);
        let (mut place, mut count) = (Place::First, 0);
        loop {
            let rows = page(place).fetch(&job, &cursors()).await.unwrap();
            for (at, row) in rows.data.iter().enumerate() {
                assert_eq!(*row, expected[count]);
                count += 1;
                let own = team_entries::entry_id.eq(row.entry_id);
                // What is behind the walk changes in all that it is ordered by; a deleted row is gone.
                let done = if at == 0 {
                    delete_from(team_entries::table).filter(own).execute(&job).await
                } else {
                    let set = team_entries::high_score.to(100 + i32::try_from(count).unwrap());
                    update(team_entries::table).set(set).filter(own).execute(&job).await
                };
                assert_eq!(done.unwrap().rows_affected, 1);
            }
            match rows.next_cursor {
                Some(next) => place = Place::After(next),
                None => break,
            }
        }
        assert_eq!((count, log().await.len()), (expected.len(), expected.len()));
        for db in [all, seen, db] {
            db.close().await.unwrap();
        }
    });
}
