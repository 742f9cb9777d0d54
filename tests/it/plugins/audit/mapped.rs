//! Audit beside names that the database has for tables and columns.

use kysera::ast::{Ident, Operation, TableName};
use kysera::plugin::{Actor, Audit, Context, NameMapping, Plugin, SoftDelete};
use kysera::prelude::*;
use kysera::schema::create_table_for;
use kysera::{Executor, Result};

use super::{NewPair, Pair, Thing, entries, pairs, prepared, thing, things, told};
use crate::support::on_all;
use crate::support::servers::Fresh;

/// Other names for all columns and tables. Two tables have each other's names.
fn mapping() -> NameMapping {
    NameMapping::new(|column| format!("c \"{column}`")).tables(|table| match table {
        "things" => "pairs".into(),
        "pairs" => "things".into(),
        other => format!("t_{other}"),
    })
}

async fn mapped(fresh: &Fresh, audit: &Audit) -> Db {
    let plugins = Db::builder(fresh.url.clone()).plugin(audit.clone()).plugin(mapping()).plugin(SoftDelete::new());
    let db = plugins.connect().await.unwrap().with(Actor::new(7_i64));
    create_table_for::<Thing>().execute(&db).await.unwrap();
    create_table_for::<Pair>().execute(&db).await.unwrap();
    db
}

#[test]
fn the_log_has_the_names_of_the_program() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let db = mapped(fresh, &audit).await;
        assert!(fresh.db.batch("select name from things").await.is_err(), "the database has other names");
        let mut seen = 0;
        insert_into(things::table).values([thing("a"), thing("b")]).execute(&db).await.unwrap();
        insert_into(pairs::table)
            .values([NewPair::new(1, "x", 5), NewPair::new(2, "y", 6)])
            .execute(&db)
            .await
            .unwrap();
        let expected = [
            "insert things 1 created_by:>7 id:>1 name:>a",
            "insert things 2 created_by:>7 id:>2 name:>b",
            "insert pairs [1,\"x\"] left:>1 right:>x value:>5",
            "insert pairs [2,\"y\"] left:>2 right:>y value:>6",
        ];
        assert_eq!(told(&audit, &db, &mut seen).await, expected);
        if fresh.server.spec().insert_returning {
            let q = insert_into(things::table).values(thing("c")).returning((things::name, things::id));
            assert_eq!(q.fetch_one(&db).await.unwrap(), ("c".to_owned(), 3));
        } else {
            insert_into(things::table).values(thing("c")).execute(&db).await.unwrap();
        }
        update(things::table).set(things::count.to(1)).filter(things::name.ne("a")).execute(&db).await.unwrap();
        // The marks of soft deletes are updates.
        delete_from(things::table).filter(things::name.eq("c")).execute(&db).await.unwrap();
        let told_now = told(&audit, &db, &mut seen).await;
        assert_eq!(
            told_now[1..3],
            ["update things 2 count:null>1 updated_by:null>7", "update things 3 count:null>1 updated_by:null>7"]
        );
        assert_eq!(told_now[3], "update things 3 deleted_at:null>20 updated_by:7>7".replace(" updated_by:7>7", ""));

        let q = update(things::table)
            .from(pairs::table)
            .set(things::count.to(pairs::value.cast::<i32>()))
            .filter(pairs::left.eq(things::id));
        q.execute(&db).await.unwrap();
        let q = delete_from(pairs::table).using(things::table).filter(pairs::left.eq(things::id).and(things::id.eq(2)));
        q.execute(&db).await.unwrap();
        let expected = [
            "update things 1 count:null>5 updated_by:null>7",
            "update things 2 count:1>6",
            "delete pairs [2,\"y\"] left:2> right:y> value:6>",
        ];
        assert_eq!(told(&audit, &db, &mut seen).await, expected);

        let q = insert_into(pairs::table).values([NewPair::new(1, "x", 9), NewPair::new(3, "z", 9)]);
        let q = upsert!(fresh.server, q, (pairs::left, pairs::right), pairs::value);
        q.execute(&db).await.unwrap();
        let mut upserted = told(&audit, &db, &mut seen).await;
        upserted.sort();
        assert_eq!(upserted, ["insert pairs [3,\"z\"] left:>3 right:>z value:>9", "update pairs [1,\"x\"] value:5>9"]);
        let moved = update(pairs::table).set(pairs::left.to(50)).filter(pairs::left.eq(1)).execute(&db).await;
        assert!(moved.unwrap_err().is_unsupported());
        assert_eq!(entries(&audit, &db).await.len(), seen);
    });
}

#[test]
fn history_and_restoring_go_by_the_names_of_the_program() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let db = mapped(fresh, &audit).await;
        insert_into(things::table).values([thing("a"), thing("b")]).execute(&db).await.unwrap();
        insert_into(pairs::table).values(NewPair::new(1, "x", 5)).execute(&db).await.unwrap();
        let all = async || select_from(things::table).order_by(things::id).fetch_all(&db).await.unwrap();
        let before = all().await;
        update(things::table).set(things::name.to("z")).filter(things::id.eq(1)).execute(&db).await.unwrap();
        let of_one = audit.history().of(things::table).key(1_i64).fetch_all(&db).await.unwrap();
        assert_eq!(of_one.iter().map(|it| it.operation()).collect::<Vec<_>>(), [Operation::Update, Operation::Insert]);
        assert!(of_one[0].after().unwrap().starts_with(r#"{"id":1,"name":"z","count":null,"#));
        let wrong = audit.restore(pairs::table, of_one[0].id(), &db).await.unwrap_err();
        assert!(wrong.is_invalid(), "{wrong}");
        audit.restore(things::table, of_one[0].id(), &db).await.unwrap();
        assert_eq!(all().await, before);
        update(things::table).set(things::name.to("y")).filter(things::id.eq(1)).execute(&db).await.unwrap();
        assert!(audit.restore(things::table, of_one[0].id(), &db).await.unwrap_err().is_conflict());

        delete_from(pairs::table).filter(pairs::left.eq(1)).execute(&db).await.unwrap();
        let gone = audit.history().of(pairs::table).key_text("[1,\"x\"]").limit(1).fetch_all(&db).await.unwrap();
        audit.restore(pairs::table, gone[0].id(), &db).await.unwrap();
        let rows = select_from(pairs::table).fetch_all(&db).await.unwrap();
        assert_eq!(rows, [Pair { left: 1, right: "x".into(), value: 5 }]);
    });
}

#[test]
fn what_is_compiled_once_and_what_is_run_in_a_transaction_is_mapped_too() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let db = mapped(fresh, &audit).await;
        let once = insert_into(things::table).values(thing("a")).compile_on(&db).unwrap();
        db.transaction(async |trx| {
            trx.execute(once.request()).await?;
            let inner = trx.transaction(async |inner| {
                delete_from(things::table).all_rows().with(SoftDelete::hard_delete()).execute(inner).await?;
                Err::<(), _>(Error::invalid("no"))
            });
            assert!(inner.await.is_err());
            update(things::table).set(things::ok.to(true)).all_rows().execute(trx).await
        })
        .await
        .unwrap();
        let expected =
            ["insert things 1 created_by:>7 id:>1 name:>a", "update things 1 ok:null>true updated_by:null>7"];
        assert_eq!(told(&audit, &db, &mut 0).await, expected);
        // A query that goes by the names of the database itself is not understood, and so is refused.
        let q = update(things::table).set(things::ok.to(false)).all_rows().without::<NameMapping>();
        assert!(q.execute(&db).await.is_err());
        assert_eq!(entries(&audit, &db).await.len(), 2);
    });
}

#[test]
fn tables_are_left_out_by_the_names_of_the_program() {
    on_all(async |fresh| {
        let audit = Audit::new().except(["pairs"]);
        let db = mapped(fresh, &audit).await;
        insert_into(things::table).values(thing("a")).execute(&db).await.unwrap();
        insert_into(pairs::table).values(NewPair::new(1, "x", 5)).execute(&db).await.unwrap();
        let all = entries(&audit, &db).await;
        assert_eq!(all.iter().map(kysera::audit::Entry::table).collect::<Vec<_>>(), ["things"]);
        // Nothing is known of a table that is named by text, whatever is known of one that has its name here.
        let mut unknown = insert_into(pairs::table).values(NewPair::new(2, "x", 5)).to_statement();
        if let kysera::ast::Statement::Insert(insert) = &mut unknown {
            let mut changed = insert.clone().into_inner();
            changed.into = "nobody".into();
            unknown = changed.into();
        }
        let error = db.execute(kysera::executor::Request::Statement(unknown)).await.unwrap_err();
        assert!(error.is_invalid() && error.to_string().contains("nothing is known of the table `nobody`"), "{error}");
    });
}

#[test]
fn a_query_cannot_call_a_table_by_the_name_of_one_without_a_log() {
    on_all(async |fresh| {
        let audit = Audit::new().except(["pairs"]);
        let db = prepared(fresh, &audit).await;
        insert_into(things::table).values(thing("a")).execute(&db).await.unwrap();
        let other = || NameMapping::new(str::to_owned).tables(|_| "things".into());
        let q = delete_from(pairs::table).all_rows().plugin(other());
        let error = q.execute(&db).await.unwrap_err();
        assert!(error.is_invalid() && error.to_string().contains("a plugin of the query calls the table"), "{error}");
        assert_eq!(select_from(things::table).fetch_all(&db).await.unwrap().len(), 1);
        // What it only reads, and other plugins, are none of its business.
        select_from(pairs::table).select(sql!("1").typed::<i64>()).plugin(other()).fetch_all(&db).await.unwrap();
        let q = delete_from(things::table).all_rows().plugin(NameMapping::new(str::to_owned));
        q.execute(&db).await.unwrap();
        assert_eq!(entries(&audit, &db).await.len(), 2);
    });
}

/// Says that one column has the name of another.
struct Says;

impl Plugin for Says {
    fn name(&self) -> &str {
        "says"
    }

    fn column_name(&self, _: &TableName, column: &Ident, _: &Context<'_>) -> Result<Option<Ident>> {
        Ok((column.as_str() == "count").then(|| "created_by".into()))
    }
}

#[test]
fn a_query_cannot_say_that_a_column_is_called_otherwise() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let db = prepared(fresh, &audit).await;
        insert_into(things::table).values(thing("a")).execute(&db).await.unwrap();
        let q = update(things::table).set(things::count.to(9)).all_rows();
        let error = q.clone().plugin(Says).execute(&db).await.unwrap_err();
        assert!(error.is_invalid() && error.to_string().contains("a plugin of the query calls the column"), "{error}");
        assert_eq!(select_from(things::table).select(things::count).fetch_all(&db).await.unwrap(), [None]);
        q.execute(&db).await.unwrap();
        assert_eq!(entries(&audit, &db).await.len(), 2);
    });
}
