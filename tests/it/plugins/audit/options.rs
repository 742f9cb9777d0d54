//! What is kept, of which tables, by whom; and the table of the log.

use kysera::ast;
use kysera::audit::Entry;
use kysera::plugin::{Actor, Audit, Plugin, SoftDelete};
use kysera::prelude::*;
use kysera::schema::create_table_for;

use super::{NewPair, entries, opened, pairs, prepared, thing, things};
use crate::support::{Server, on_all, on_each};

#[test]
fn au4_old_and_new_in_all_combinations() {
    on_all(async |fresh| {
        let both = Audit::new().log("both");
        let audits = [
            both.clone(),
            both.clone().log("a").without_before(),
            both.clone().log("b").without_after(),
            both.log("c").without_before().without_after(),
        ];
        prepared(fresh, &audits[0]).await;
        for (at, audit) in audits.iter().enumerate() {
            let db = opened(fresh, audit).await;
            let name = format!("n{at}");
            insert_into(things::table).values(thing(&name)).execute(&db).await.unwrap();
            update(things::table).set(things::count.to(1)).filter(things::name.eq(&*name)).execute(&db).await.unwrap();
            delete_from(things::table).filter(things::name.eq(&*name)).execute(&db).await.unwrap();
            let all = entries(audit, &db).await;
            let (old, new) = (at % 2 == 0, at < 2);
            let there: Vec<_> = all.iter().map(|it| (it.before().is_some(), it.after().is_some())).collect();
            assert_eq!(there, [(false, new), (old, new), (old, false)], "{at}");
        }
    });
}

struct Reason(&'static str);
struct User(Option<i64>);

#[test]
fn au4_callbacks_system_operations_and_lists_of_tables() {
    on_all(async |fresh| {
        let audit = Audit::new()
            .actor(|user: &User| user.0.map_or(kysera::Value::Null(kysera::value::Kind::I64), Into::into))
            .metadata(|change| {
                let reason = change.context().get::<Reason>()?.0;
                Some(format!("{} {} {} {reason}", change.operation(), change.table().name.as_str(), change.key()))
            });
        let db = prepared(fresh, &audit).await;
        insert_into(things::table)
            .values(thing("a"))
            .with(Reason("because"))
            .execute(&db.with(User(Some(3))))
            .await
            .unwrap();
        insert_into(things::table).values(thing("b")).execute(&db.with(User(None))).await.unwrap();
        // What the handle was made for comes before what the statement says.
        insert_into(things::table)
            .values(thing("c"))
            .with(User(Some(9)))
            .execute(&db.with(User(Some(4))))
            .await
            .unwrap();
        // A query does not leave out the log, whatever it is.
        let insert = || insert_into(things::table).values(thing("d")).with(Audit::unaudited());
        let error = insert().execute(&db).await.unwrap_err();
        assert!(error.is_invalid() && error.to_string().contains("a query cannot leave out the log"), "{error}");
        assert!(sql!("delete from things").with(Audit::unaudited()).execute(&db).await.unwrap_err().is_invalid());
        let system = db.with(Audit::unaudited());
        insert().execute(&system).await.unwrap();
        delete_from(things::table).filter(things::name.eq("d")).execute(&system).await.unwrap();
        let all = entries(&audit, &db).await;
        assert_eq!(all.iter().map(Entry::user).collect::<Vec<_>>(), [Some("3"), None, Some("4")]);
        assert_eq!(all[0].metadata(), Some("insert things 1 because"));
        assert_eq!(all[1].metadata(), None);
        let made = select_from(things::table).order_by(things::id).select(things::created_by);
        assert_eq!(made.fetch_all(&db).await.unwrap(), [Some(3), None, Some(4)]);

        let required = opened(fresh, &Audit::new().require_actor()).await.without_plugin("audit").unwrap();
        drop(required);
        let required = Db::builder(fresh.url.clone()).plugin(Audit::new().require_actor()).connect().await.unwrap();
        assert!(insert_into(things::table).values(thing("e")).execute(&required).await.unwrap_err().is_invalid());
        insert_into(things::table).values(thing("e")).execute(&required.with(Actor::new(1_i64))).await.unwrap();

        let count = async |audit: Audit| {
            let db = opened(fresh, &audit).await;
            let before = entries(&audit, &db).await.len();
            update(things::table)
                .set(things::count.to(things::id.cast::<i32>()))
                .filter(things::name.eq("a"))
                .execute(&db)
                .await
                .unwrap();
            update(things::table).set(things::count.to(0)).filter(things::name.eq("a")).execute(&db).await.unwrap();
            insert_into(pairs::table).values(NewPair::new(1, "x", 1)).execute(&db).await.unwrap();
            delete_from(pairs::table).all_rows().execute(&db).await.unwrap();
            entries(&audit, &db).await.len() - before
        };
        assert_eq!(count(Audit::new()).await, 4);
        assert_eq!(count(Audit::new().only(["Things"])).await, 2);
        assert_eq!(count(Audit::new().except(["things"])).await, 2);
        assert_eq!(count(Audit::new().only(["pairs"]).except(["pairs"])).await, 2, "those that are named come first");
        assert_eq!(count(Audit::new().only([""; 0]).except(["pairs"])).await, 2, "an empty list is none");
    });
}

#[test]
fn stamps_say_who_unless_the_statement_does() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let db = prepared(fresh, &audit).await;
        let who = async || {
            let q = select_from(things::table).order_by(things::id).select((things::created_by, things::updated_by));
            q.fetch_all(&fresh.db).await.unwrap()
        };
        insert_into(things::table).values([thing("a"), thing("b")]).execute(&db).await.unwrap();
        insert_into(things::table).set((things::name.to("c"), things::created_by.to(1))).execute(&db).await.unwrap();
        assert_eq!(who().await, [(Some(7), None), (Some(7), None), (Some(1), None)]);
        let eight = db.with(Actor::new(8_i64));
        update(things::table).set(things::count.to(1)).filter(things::id.eq(1)).execute(&eight).await.unwrap();
        let q = update(things::table).set((things::count.to(1), things::updated_by.to(2))).filter(things::id.eq(2));
        q.execute(&eight).await.unwrap();
        assert_eq!(who().await, [(Some(7), Some(8)), (Some(7), Some(2)), (Some(1), None)]);
        let other = Audit::new().created_by("updated_by").updated_by("count");
        let db = opened(fresh, &other).await;
        insert_into(things::table).values(thing("d")).execute(&db).await.unwrap();
        assert_eq!(who().await[3], (None, Some(7)));
    });
}

#[test]
fn au9_the_log_is_made_once_or_accepted() {
    on_all(async |fresh| {
        create_table_for::<super::Thing>().execute(&fresh.db).await.unwrap();
        let audit = Audit::new().log("my \"log\"");
        // Many programs at once, each with a pool of its own.
        let opening = (0..8).map(|_| opened(fresh, &audit));
        let opened_at_once = futures_util::future::join_all(opening).await;
        for db in &opened_at_once {
            insert_into(things::table).values(thing(&format!("{:p}", db))).execute(db).await.unwrap();
        }
        assert_eq!(entries(&audit, &fresh.db).await.len(), 8);
        // Again, with what is there.
        let again = opened(fresh, &audit).await;
        assert_eq!(entries(&audit, &again).await.len(), 8);
        for db in opened_at_once {
            db.close().await.unwrap();
        }
        // A table of the name that is none is refused at once.
        let error = Db::builder(fresh.url.clone()).plugin(Audit::new().log("things")).connect().await.unwrap_err();
        assert!(error.to_string().starts_with("the plugin `audit` refused this database: "), "{error}");
        assert!(error.as_database().is_some());
    });
}

#[test]
fn a_table_of_another_schema_is_not_the_log() {
    on_each(&[Server::Postgres15, Server::Postgres18], async |fresh| {
        let logs = format!("{}_logs", fresh.name());
        let (create, drop) = (format!("create schema {logs}"), format!("drop schema {logs} cascade"));
        fresh.db.batch_unchecked(&create).await.unwrap();
        let audit = Audit::new().log((logs.as_str(), "things"));
        let db = prepared(fresh, &audit).await;
        insert_into(things::table).values(thing("a")).execute(&db).await.unwrap();
        let count = entries(&audit, &db).await.len();
        fresh.db.batch_unchecked(&drop).await.unwrap();
        assert_eq!(count, 1);
    });
}

#[test]
fn the_log_is_neither_filtered_nor_kept_a_log_of() {
    on_all(async |fresh| {
        // A log with a column that a plugin filters by.
        let audit = Audit::new();
        let db = prepared(fresh, &audit).await;
        db.with(Audit::unaudited()).batch("alter table audit_log add deleted_at text").await.unwrap();
        let both = Db::builder(fresh.url.clone())
            .plugin(audit.clone())
            .plugin(SoftDelete::new().only(["audit_log", "things"]))
            .plugin(RefusesLog)
            .connect()
            .await
            .unwrap();
        insert_into(things::table).values(thing("a")).execute(&both).await.unwrap();
        db.with(Audit::unaudited()).batch("update audit_log set deleted_at = 'x'").await.unwrap();
        assert_eq!(entries(&audit, &both).await.len(), 1);
        assert_eq!(audit.entry(1, &both).await.unwrap().key(), "1");
    });
}

/// The log as a program declares it that puts its house in order.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "audit_log")]
pub struct Old {
    #[column(primary_key)]
    pub id: i64,
}
use self::audit_log as old;

#[test]
fn what_a_program_does_to_the_log_is_not_written_down() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let db = prepared(fresh, &audit).await;
        insert_into(things::table).values([thing("a"), thing("b")]).execute(&db).await.unwrap();
        let forget = delete_from(old::table).filter(old::id.eq(1));
        assert_eq!(forget.execute(&db).await.unwrap().rows_affected, 1);
        let left: Vec<_> = entries(&audit, &db).await.iter().map(|it| (it.id(), it.table().to_owned())).collect();
        assert_eq!(left, [(2, "things".to_owned())]);
    });
}

/// Refuses every statement of the log.
struct RefusesLog;

impl Plugin for RefusesLog {
    fn name(&self) -> &str {
        "refuses the log"
    }

    fn transform(&self, mut statement: ast::Statement, _: &kysera::plugin::Context<'_>) -> Result<ast::Statement> {
        statement.restrict_tables(|table| match table.name().name.as_str() {
            "audit_log" => Err(Error::invalid("not the log")),
            _ => Ok(None),
        })?;
        Ok(statement)
    }
}
