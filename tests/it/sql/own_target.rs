//! Subqueries on the table that a statement writes: they see it as it was, or the statement is refused.

use kysera::expr::{ConditionOn, case};
use kysera::prelude::*;
use kysera::schema::create_table_for;

use crate::support::servers::Fresh;
use crate::support::{Server, on_all};

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "entries")]
pub struct Entry {
    #[column(primary_key)]
    pub id: i64,
    #[column(unique)]
    pub number: i64,
    #[column(type = "varchar(10)")]
    pub kind: String,
    pub value: Option<i32>,
}

/// Three rows of which each refers to the one before.
async fn refill(db: &Db) {
    delete_from(entries::table).all_rows().execute(db).await.unwrap();
    let row = |id: i64, kind: &str| NewEntry { value: Some(id as i32), ..NewEntry::new(id, id, kind) };
    insert_into(entries::table).values([row(1, "a"), row(2, "a"), row(3, "b")]).execute(db).await.unwrap();
}

async fn values(db: &Db) -> Vec<(i64, Option<i32>)> {
    let q = select_from(entries::table).order_by(entries::id).select((entries::id, entries::value));
    q.fetch_all(db).await.unwrap()
}

/// Runs a statement on fresh rows. It leaves these, or is refused on these servers.
async fn leaves(fresh: &Fresh, refused: &[Server], statement: impl Statement, expected: &[(i64, Option<i32>)]) {
    refill(&fresh.db).await;
    match kysera::Executor::execute(&fresh.db, statement.to_request()).await {
        Ok(_) => {
            assert!(!refused.contains(&fresh.server), "it is refused no more");
            assert_eq!(values(&fresh.db).await, expected);
        }
        Err(error) => assert!(refused.contains(&fresh.server) && error.is_unsupported(), "{error}"),
    }
}

const MYSQL: &[Server] = &[Server::Mysql9];
const BOTH: &[Server] = &[Server::Mysql9, Server::Mariadb];
const ROW_BY_ROW: &[Server] = &[Server::Sqlite, Server::Mysql9, Server::Mariadb];

#[test]
fn of_updates_and_deletes() {
    on_all(async |fresh| {
        create_table_for::<Entry>().execute(&fresh.db).await.unwrap();
        alias!(other = entries);
        let sum = || select_from(other).select(other.value.sum().cast::<i32>());
        let others = || {
            let twin = other.kind.eq(entries::kind).and(other.id.ne(entries::id));
            select_from(other).correlate(entries::table).filter(twin)
        };
        let before = || {
            let before = other.id.eq(entries::id - 1);
            select_from(other).correlate(entries::table).filter(before).select(other.value.max())
        };
        let change = || update(entries::table);
        let all = |query: kysera::query::Update<entries::table>| query.all_rows();
        let either = |condition: ConditionOn<entries::table>| entries::id.eq(1).or(condition);

        // One that depends on the row.
        leaves(fresh, MYSQL, delete_from(entries::table).filter(others().exists()), &[(3, Some(3))]).await;
        let set = entries::value.to(before().scalar().coalesce(0));
        leaves(fresh, MYSQL, all(change().set(set)), &[(1, Some(0)), (2, Some(1)), (3, Some(2))]).await;
        let set = entries::value.to(9);
        let found = change().set(set).filter(others().exists());
        leaves(fresh, MYSQL, found, &[(1, Some(9)), (2, Some(9)), (3, Some(3))]).await;

        // One that the first row that is written does not need.
        let late = case::<i32>().when(entries::id.gt(1), sum().scalar()).otherwise(100);
        let expected = [(1, Some(100)), (2, Some(6)), (3, Some(6))];
        leaves(fresh, MYSQL, all(change().set(entries::value.to(late))), &expected).await;
        let next = || select_from(other).select(other.value + 1);
        let late = either(entries::value.in_(next()).on(entries::table));
        leaves(fresh, MYSQL, delete_from(entries::table).filter(late), &[]).await;
        let aside = next().limit(9);
        let late = either(entries::value.in_(aside).on(entries::table));
        leaves(fresh, BOTH, delete_from(entries::table).filter(late), &[]).await;
        let late = entries::value.to((entries::value.null_if(1)) + sum().scalar());
        leaves(fresh, MYSQL, all(change().set(late)), &[(1, None), (2, Some(8)), (3, Some(9))]).await;

        // One that every row needs.
        let set = entries::value.to(sum().scalar());
        leaves(fresh, &[], all(change().set(set)), &[(1, Some(6)), (2, Some(6)), (3, Some(6))]).await;
        let largest = select_from(other).select(other.value.max());
        let filter = entries::id.gt(0).and(entries::value.eq(largest.scalar()));
        leaves(fresh, &[], delete_from(entries::table).filter(filter), &[(1, Some(1)), (2, Some(2))]).await;
        leaves(fresh, &[], delete_from(entries::table).filter(entries::value.in_(next())), &[(1, Some(1))]).await;

        // The way out that the refusal names.
        alias!(twin = entries);
        let twins =
            select_from(other).inner_join(twin, twin.kind.eq(other.kind).and(twin.id.ne(other.id))).select(other.id);
        leaves(fresh, &[], delete_from(entries::table).filter(entries::id.in_(twins)), &[(3, Some(3))]).await;

        // Two columns of one name, where the subquery becomes a derived table.
        let pairs = select_from(entries::table).inner_join(other, other.id.eq(entries::id + 1)).select((
            entries::id,
            other.id,
            entries::value + 1,
            entries::value + 1,
        ));
        let set = change().set(entries::value.to(0)).filter(pairs.exists());
        leaves(fresh, &[], set, &[(1, Some(0)), (2, Some(0)), (3, Some(0))]).await;

        // Text of the program's author is such a subquery, too.
        let text = sql!("(select max(o.value) from entries o where o.id = {} - 1)", entries::id).typed::<Option<i32>>();
        let changed = all(change().set(entries::value.to(text)));
        if fresh.server != Server::Mysql9 {
            leaves(fresh, &[], changed, &[(1, None), (2, Some(1)), (3, Some(2))]).await;
        } else {
            let error = changed.execute(&fresh.db).await.unwrap_err();
            assert_eq!(error.as_database().map(|it| it.code()), Some("1093"), "{error}");
        }
    });
}

#[test]
fn of_inserts() {
    on_all(async |fresh| {
        create_table_for::<Entry>().execute(&fresh.db).await.unwrap();
        alias!(other = entries);
        let count = || select_from(other).select(count_all().cast::<i32>()).scalar();
        let sum = || entries::value.to(select_from(other).select(other.value.sum().cast::<i32>()).scalar());
        let row = |id: i64, number: i64| NewEntry::new(id, number, "c");

        let one = insert_into(entries::table).set((
            entries::id.to(4),
            entries::number.to(4),
            entries::kind.to("c"),
            entries::value.to(count()),
        ));
        leaves(fresh, &[], one, &[(1, Some(1)), (2, Some(2)), (3, Some(3)), (4, Some(3))]).await;
        let upsert = |rows: Vec<NewEntry>| {
            let insert = insert_into(entries::table).values(rows);
            let keyed = !matches!(fresh.server, Server::Mysql9 | Server::Mariadb);
            (keyed, insert)
        };
        for (rows, refused, expected) in [
            (vec![row(4, 1)], &[][..], vec![(1, Some(6)), (2, Some(2)), (3, Some(3))]),
            (vec![row(4, 4), row(5, 1)], ROW_BY_ROW, vec![(1, Some(6)), (2, Some(2)), (3, Some(3)), (4, None)]),
        ] {
            match upsert(rows) {
                (true, insert) => {
                    leaves(fresh, refused, insert.on_conflict(entries::number).do_update(sum()), &expected).await;
                }
                (false, insert) => {
                    leaves(fresh, refused, insert.on_duplicate_key_update(sum()), &expected).await;
                }
            }
        }
        // Two columns of one name, where the query becomes a derived table.
        let again = select_from(entries::table).select((entries::id, entries::id, entries::kind));
        let columns = (entries::id, entries::number, entries::kind);
        let insert = insert_into(entries::table).from_select(columns, again).on_conflict_do_nothing();
        leaves(fresh, &[], insert, &[(1, Some(1)), (2, Some(2)), (3, Some(3))]).await;
    });
}

#[test]
fn of_what_is_given_back() {
    alias!(other = entries);
    let count = || select_from(other).select(count_all()).scalar();
    let statement = delete_from(entries::table).filter(entries::id.eq(1)).returning((entries::id, count()));
    assert!(statement.compile(&kysera::dialect::POSTGRES).is_ok());
    for spec in [&kysera::dialect::MARIADB, &kysera::dialect::SQLITE] {
        assert!(statement.compile(spec).unwrap_err().is_unsupported());
    }
}
