//! Soft deletes of many rows, by other keys, at the same time, and beside other plugins.

use std::time::Duration;

use chrono::{DateTime, Utc};
use kysera::plugin::{NameMapping, RowPolicies, SoftDelete};
use kysera::prelude::*;
use kysera::schema::create_table_for;
use kysera::testing::{NoOp, Spy};

use crate::support::on_all;
use crate::support::servers::Fresh;

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "products")]
pub struct Product {
    #[column(primary_key)]
    pub product_id: i64,
    #[column(type = "varchar(20)")]
    pub name: String,
    pub deleted_at: Option<DateTime<Utc>>,
}

/// A key of two columns.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "seats")]
pub struct Seat {
    #[column(primary_key)]
    pub row: i64,
    #[column(primary_key)]
    pub number: i64,
    pub deleted_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "tokens")]
pub struct Token {
    #[column(primary_key)]
    pub id: uuid::Uuid,
    pub deleted_at: Option<DateTime<Utc>>,
}

async fn prepared(fresh: &Fresh, count: i64) -> Db {
    create_table_for::<Product>().execute(&fresh.db).await.unwrap();
    let rows: Vec<_> = (1..=count).map(|id| NewProduct::new(id, "x")).collect();
    insert_into(products::table).values(rows).execute(&fresh.db).await.unwrap();
    Db::builder(fresh.url.clone()).plugin(SoftDelete::new()).connect().await.unwrap()
}

async fn live(executor: &dyn Executor) -> Vec<i64> {
    let ids = select_from(products::table).order_by(products::product_id).select(products::product_id);
    ids.fetch_all(executor).await.unwrap()
}

fn delete(ids: Vec<i64>) -> impl kysera::query::Writes {
    delete_from(products::table).filter(products::product_id.in_(ids))
}

fn restore(ids: Vec<i64>) -> impl kysera::query::Writes {
    update(products::table)
        .set(products::deleted_at.to(None))
        .filter(products::product_id.in_(ids))
        .with(SoftDelete::only_deleted())
}

async fn affected(statement: impl kysera::query::Writes, db: &dyn Executor) -> u64 {
    statement.execute(db).await.unwrap().rows_affected
}

#[test]
fn sd4_sd5_sd20_a_deleted_row_is_found_where_it_is_asked_for() {
    on_all(async |fresh| {
        let db = prepared(fresh, 3).await;
        let two = || select_from(products::table).filter(products::product_id.eq(2));
        let before = DateTime::<Utc>::from(std::time::SystemTime::now() - Duration::from_secs(300));
        assert_eq!(affected(delete(vec![2]), &db).await, 1);

        // It is gone from lists and by its key, and there for whoever says so, with the time of its deletion.
        assert_eq!(live(&db).await, [1, 3]);
        assert!(two().fetch_one(&db).await.unwrap_err().is_not_found());
        let deleted = two().with(SoftDelete::include_deleted()).fetch_one(&db).await.unwrap();
        assert!(deleted.deleted_at.is_some_and(|at| at > before));
        let all = select_from(products::table).order_by(products::product_id);
        let ids = |rows: Vec<Product>| rows.into_iter().map(|it| it.product_id).collect::<Vec<_>>();
        assert_eq!(ids(all.clone().with(SoftDelete::include_deleted()).fetch_all(&db).await.unwrap()), [1, 2, 3]);
        assert_eq!(ids(all.with(SoftDelete::only_deleted()).fetch_all(&db).await.unwrap()), [2]);

        // A row that was never there is told by the count, and by the row that does not come back.
        assert_eq!(affected(delete(vec![9]), &db).await, 0);
        assert_eq!(affected(restore(vec![9]), &db).await, 0);
        let returning = delete_from(products::table).filter(products::product_id.eq(3)).returning(products::product_id);
        match returning.clone().fetch_one(&db).await {
            Ok(id) => {
                assert_eq!(id, 3);
                assert!(returning.fetch_one(&db).await.unwrap_err().is_not_found());
            }
            Err(error) => assert!(error.is_unsupported(), "{error}"),
        }
    });
}

#[test]
fn sd9_many_rows_in_one_statement() {
    on_all(async |fresh| {
        let db = prepared(fresh, 150).await;
        assert_eq!(affected(delete(Vec::new()), &db).await, 0);
        assert_eq!(affected(delete(vec![1]), &db).await, 1);
        assert_eq!(affected(delete(vec![1, 2, 2, 3, 999]), &db).await, 2, "deleted, doubled and missing ones are none");
        tokio::time::sleep(Duration::from_millis(5)).await;
        assert_eq!(affected(delete((1..=120).collect()), &db).await, 117);
        let times =
            select_from(products::table).filter(products::product_id.gt(3)).select(products::deleted_at).distinct();
        assert_eq!(times.fetch_all(&fresh.db).await.unwrap().len(), 2, "one time for all, and none for the others");
        assert_eq!(live(&db).await, (121..=150).collect::<Vec<_>>());
        assert_eq!(affected(restore((1..=150).collect()), &db).await, 120);
        assert_eq!(live(&db).await.len(), 150);
        let hard = |ids: Vec<i64>| {
            delete_from(products::table).filter(products::product_id.in_(ids)).with(SoftDelete::hard_delete())
        };
        assert_eq!(affected(delete(vec![1, 2]), &db).await, 2);
        assert_eq!(affected(hard(vec![2, 3, 999]), &db).await, 2);
        assert_eq!(affected(restore(vec![1, 2, 3]), &db).await, 1, "what is gone is not restored");
        assert_eq!(live(&fresh.db).await.len(), 148);
    });
}

#[test]
fn sd7_sd8_rows_go_and_come_as_often_as_is_said() {
    on_all(async |fresh| {
        let db = prepared(fresh, 3).await;
        for _ in 0..3 {
            assert_eq!(affected(delete(vec![2]), &db).await, 1);
            assert_eq!(live(&db).await, [1, 3]);
            assert_eq!(affected(restore(vec![2]), &db).await, 1);
            assert_eq!(affected(restore(vec![1, 2]), &db).await, 0, "a live row is not restored");
            assert_eq!(live(&db).await, [1, 2, 3]);
        }
        affected(delete(vec![2]), &db).await;
        let hard = delete_from(products::table).filter(products::product_id.le(2)).with(SoftDelete::hard_delete());
        assert_eq!(affected(hard, &db).await, 2, "live and deleted ones");
        assert_eq!(live(&fresh.db).await, [3], "and only those");
    });
}

#[test]
fn sd10_sd11_any_key_will_do() {
    on_all(async |fresh| {
        create_table_for::<Seat>().execute(&fresh.db).await.unwrap();
        create_table_for::<Token>().execute(&fresh.db).await.unwrap();
        let db = Db::builder(fresh.url.clone()).plugin(SoftDelete::new()).connect().await.unwrap();
        let rows = [NewSeat::new(1, 1), NewSeat::new(1, 2), NewSeat::new(2, 1)];
        insert_into(seats::table).values(rows).execute(&db).await.unwrap();
        let one = seats::row.eq(1).and(seats::number.eq(2));
        assert_eq!(affected(delete_from(seats::table).filter(one), &db).await, 1);
        let left = select_from(seats::table).order_by((seats::row, seats::number)).select((seats::row, seats::number));
        assert_eq!(left.fetch_all(&db).await.unwrap(), [(1, 1), (2, 1)]);
        let ids = [1, 2].map(uuid::Uuid::from_u128);
        insert_into(tokens::table).values(ids.map(NewToken::new)).execute(&db).await.unwrap();
        assert_eq!(affected(delete_from(tokens::table).filter(tokens::id.eq(ids[0])), &db).await, 1);
        assert_eq!(select_from(tokens::table).select(tokens::id).fetch_all(&db).await.unwrap(), [ids[1]]);
    });
}

#[test]
fn sd12_deletes_at_the_same_time() {
    on_all(async |fresh| {
        let db = prepared(fresh, 6).await;
        let each = futures_util::future::join_all((1..=5).map(|id| affected(delete(vec![id]), &db))).await;
        assert_eq!(each, [1; 5]);
        assert_eq!(live(&db).await, [6]);
        let same = futures_util::future::join_all((0..5).map(|_| affected(delete(vec![6]), &db))).await;
        assert_eq!(same.iter().sum::<u64>(), 1, "one of five deletes it");
        let time = || select_from(products::table).filter(products::product_id.eq(6)).select(products::deleted_at);
        let first = time().fetch_one(&fresh.db).await.unwrap();
        assert!(first.is_some());
        let (_, _) = futures_util::future::join(affected(delete(vec![6]), &db), affected(restore(vec![6]), &db)).await;
        let last = time().fetch_one(&fresh.db).await.unwrap();
        assert_eq!(live(&db).await == [6], last.is_none());
    });
}

struct Tenant(i64);

#[test]
fn sd18_other_plugins_in_either_order() {
    on_all(async |fresh| {
        let _ = prepared(fresh, 4).await;
        let spy = Spy::new();
        let builder = || Db::builder(fresh.url.clone());
        let policies = || RowPolicies::new().tenant("product_id", |tenant: &Tenant| tenant.0.into());
        let first = builder().plugin(SoftDelete::new()).plugin(policies()).plugin(NoOp).plugin(spy.clone());
        let last = builder().plugin(spy.clone()).plugin(NoOp).plugin(policies()).plugin(SoftDelete::new());
        let mut seen = Vec::new();
        for (tenant, builder) in [(1, first), (2, last)] {
            let db = builder.connect().await.unwrap().with(Tenant(tenant));
            assert_eq!(affected(delete_from(products::table).all_rows(), &db).await, 1);
            assert!(live(&db).await.is_empty());
            seen.push(spy.take().into_iter().map(|seen| seen.sql).collect::<Vec<_>>());
        }
        assert_eq!(seen[0], seen[1]);
        // A handle of its own knows nothing of the others'.
        assert_eq!(live(&fresh.db).await.len(), 4);
        let plain = builder().plugin(SoftDelete::new()).connect().await.unwrap();
        assert_eq!(live(&plain).await, [3, 4]);
        assert_eq!(live(&plain.with(SoftDelete::include_deleted())).await.len(), 4);
        assert_eq!(live(&plain).await, [3, 4]);
        let renamed = builder().plugin(NameMapping::new(str::to_owned)).plugin(SoftDelete::new()).connect().await;
        assert_eq!(live(&renamed.unwrap()).await, [3, 4]);
    });
}
