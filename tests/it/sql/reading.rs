//! The ways of reading rows, the lists and texts that conditions take, and steps that are taken under a condition.

use std::borrow::Cow;

use futures_util::{StreamExt, TryStreamExt};
use kysera::ast::{Call, Cast, DataType, Expr, Select, SelectExpr, SelectItem, Shared};
use kysera::dialect::SQLITE;
use kysera::executor::Executor as _;
use kysera::prelude::{Statement as _, *};
use kysera::value::Kind;
use kysera::{Error, Value};

use crate::support::schema::*;
use crate::support::{Server, reading, writing};

#[test]
fn rows_are_read_all_at_once_one_by_one_or_first() {
    reading(async |_, db| {
        let names = || select_from(users::table).order_by(users::id).select(users::name);
        let nobody = || names().filter(users::id.gt(9));
        assert_eq!(names().fetch_all(db).await.unwrap(), ["Ann", "Bob", "Cid"]);
        assert_eq!(names().fetch_one(db).await.unwrap(), "Ann");
        assert_eq!(names().fetch_optional(db).await.unwrap().as_deref(), Some("Ann"));
        let streamed: Vec<String> = names().fetch(db).try_collect().await.unwrap();
        assert_eq!(streamed, ["Ann", "Bob", "Cid"]);
        assert_eq!(names().fetch(db).next().await.unwrap().unwrap(), "Ann", "a stream may be left early");

        assert!(nobody().fetch_all(db).await.unwrap().is_empty());
        assert!(nobody().fetch_one(db).await.unwrap_err().is_not_found());
        assert_eq!(nobody().fetch_optional(db).await.unwrap(), None);
        assert!(nobody().fetch(db).next().await.is_none());
        let all = || select_from(users::table).select(users::name);
        let mut twice: Vec<String> = all().union_all(all()).fetch(db).try_collect().await.unwrap();
        twice.sort_unstable();
        assert_eq!(twice, ["Ann", "Ann", "Bob", "Bob", "Cid", "Cid"]);
    });
}

#[test]
fn what_does_not_fit_its_type_is_an_error_in_every_way_of_reading() {
    reading(async |_, db| {
        let numbers = || select_from(users::table).order_by(users::id).select(sql!("{}", users::name).typed::<i32>());
        let errors: [Error; 4] = [
            numbers().fetch_all(db).await.unwrap_err(),
            numbers().fetch_one(db).await.unwrap_err(),
            numbers().fetch_optional(db).await.unwrap_err(),
            numbers().fetch(db).next().await.unwrap().unwrap_err(),
        ];
        for error in errors {
            assert!(error.is_decode(), "{error}");
            assert!(!error.to_string().contains("Ann"), "{error}");
        }
        // There is no such table.
        let mut refused = select_from(totals::table).select(totals::n).fetch(db);
        assert!(refused.next().await.unwrap().unwrap_err().as_database().is_some());
        assert!(refused.next().await.is_none());
    });
}

#[test]
fn rows_that_were_written_are_streamed_too() {
    writing(async |server, trx| {
        let new =
            || insert_into(users::table).values([NewUser::new("dan@x.io", "Dan"), NewUser::new("eve@x.io", "Eve")]);
        if server == Server::Mysql9 {
            let error = new().returning(users::name).fetch(trx).next().await.unwrap().unwrap_err();
            assert!(error.is_unsupported(), "{error}");
            return;
        }
        let mut names: Vec<String> = new().returning(users::name).fetch(trx).try_collect().await.unwrap();
        names.sort_unstable();
        assert_eq!(names, ["Dan", "Eve"]);
        let eve = || users::name.eq("Eve");
        if server != Server::Mariadb {
            let older = update(users::table).set(users::age.to(30)).filter(eve()).returning(users::age);
            assert_eq!(older.fetch_one(trx).await.unwrap(), Some(30));
        }
        let gone = || delete_from(users::table).filter(eve()).returning(users::name);
        assert_eq!(gone().fetch_optional(trx).await.unwrap().as_deref(), Some("Eve"));
        assert_eq!(gone().fetch_optional(trx).await.unwrap(), None);
    });
}

#[test]
fn borrowed_lists_and_texts_are_values() {
    reading(async |_, db| {
        let ids = vec![1_i64, 3];
        let name = String::from("Bob");
        let bytes: &[u8] = &samples::bytes()[1];
        let from = || select_from(users::table).order_by(users::id).select(users::name);
        assert_eq!(from().filter(users::id.in_(&ids)).fetch_all(db).await.unwrap(), ["Ann", "Cid"]);
        assert_eq!(from().filter(users::id.not_in(&ids[..])).fetch_all(db).await.unwrap(), ["Bob"]);
        assert!(from().filter(users::id.in_(&ids[..0])).fetch_all(db).await.unwrap().is_empty());
        assert_eq!(from().filter(users::name.eq(&name)).fetch_all(db).await.unwrap(), ["Bob"]);
        assert_eq!(from().filter(users::name.eq(Cow::from("Bob"))).fetch_all(db).await.unwrap(), ["Bob"]);
        let row = select_from(kinds::table).filter(kinds::bytes.eq(bytes)).select(kinds::id);
        assert_eq!(row.fetch_all(db).await.unwrap(), [2]);
    });
}

#[test]
fn a_step_under_a_condition_is_taken_or_not() {
    let sql = |name: Option<&str>, adults: bool| {
        let query = select_from(users::table).select(users::id);
        let query = query.when_some(name, |query, name| query.filter(users::name.eq(name)));
        query.when(adults, |query| query.filter(users::age.ge(18))).compile(&SQLITE).unwrap().sql
    };
    let start = r#"select "users"."id" from "users""#;
    assert_eq!(sql(None, false), start);
    assert_eq!(sql(Some("Ann"), false), format!(r#"{start} where "users"."name" = ?1"#));
    assert_eq!(sql(None, true), format!(r#"{start} where "users"."age" >= ?1"#));
    assert_eq!(sql(Some("Ann"), true), format!(r#"{start} where "users"."name" = ?1 and "users"."age" >= ?2"#));
}

/// PostgreSQL must be told of each `null` what it would be.
#[test]
fn a_null_keeps_its_type() {
    let kinds = [
        (Kind::Bool, "boolean"),
        (Kind::I16, "smallint"),
        (Kind::I32, "integer"),
        (Kind::I64, "bigint"),
        (Kind::F32, "real"),
        (Kind::F64, "double precision"),
        (Kind::Decimal, "numeric"),
        (Kind::Text, "text"),
        (Kind::Bytes, "bytea"),
        (Kind::Uuid, "uuid"),
        (Kind::Date, "date"),
        (Kind::Time, "time without time zone"),
        (Kind::Timestamp, "timestamp without time zone"),
        (Kind::TimestampTz, "timestamp with time zone"),
        (Kind::Json, "jsonb"),
    ];
    reading(async |server, db| {
        if !server.is_postgres() {
            return;
        }
        for (kind, name) in kinds {
            for (kind, name) in [(kind, name.to_owned()), (kind.array(), format!("{name}[]"))] {
                let call =
                    Call { schema: None, name: "pg_typeof".into(), arguments: vec![Expr::Value(Value::Null(kind))] };
                let value = Expr::Call(Shared::new(call));
                let expr = Expr::Cast(Shared::new(Cast { value, data_type: DataType::Text }));
                let columns = vec![SelectItem::Expr(SelectExpr { expr, alias: None })];
                let select = Select { columns: columns.into(), ..Select::default() };
                let mut rows = db.fetch(select.into()).await.unwrap_or_else(|error| panic!("{name}: {error}"));
                let found: String = rows.iter_mut().next().unwrap().reader().read().unwrap();
                assert_eq!(found, name);
            }
        }
    });
}
