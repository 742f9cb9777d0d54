//! That a missed table shows in the matrix: every shape with all of its tables restricted but one, each in turn; and that no
//! plugin restricts one twice, which shows in no row.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kysera::ast::{Insert, Node, TableName, Visit};
use kysera::testing::Spy;

use super::*;
use crate::plugins::contract::hidden_by_ctes;
use crate::running::mock::Mock;

/// Restricts every table to the rows of one tenant but the one that is asked for at this place.
#[derive(Clone, Default)]
struct AllBut(Arc<Places>);

#[derive(Default)]
struct Places {
    missed: AtomicUsize,
    asked: AtomicUsize,
}

impl Plugin for AllBut {
    fn name(&self) -> &str {
        "all but one"
    }

    fn transform(&self, mut statement: Statement, _: &Context<'_>) -> kysera::Result<Statement> {
        let Places { missed, asked } = &*self.0;
        let (missed, mut at) = (missed.load(Ordering::Relaxed), 0);
        statement.restrict_tables(|table| {
            let takes = table.takes_condition();
            at += usize::from(takes);
            Ok((takes && at != missed).then(|| table.column("tenant_id").equals(1_i64)))
        })?;
        asked.store(at, Ordering::Relaxed);
        Ok(statement)
    }
}

#[test]
fn each_missed_table_shows() {
    on_all(async |fresh| {
        let oracle = Fresh::new(fresh.server).await;
        create(&oracle.db).await;
        create(&fresh.db).await;
        refill(&fresh.db, Rows::All).await;
        refill(&oracle.db, Rows::Visible).await;
        let hidden = hidden_rows(&fresh.db).await;
        let all_but = AllBut::default();
        let plugged = Db::builder(fresh.url.clone()).plugin(all_but.clone()).connect().await.unwrap();
        let (mut unseen, mut seen) = (Vec::new(), 0);
        for (shape, of_oracle) in shapes(schema_of(fresh)).into_iter().zip(shapes(schema_of(&oracle))) {
            let Ok(expected) = done(&oracle.db, &Upserts::PassBy.said(of_oracle.statement)).await else {
                assert!(lacks(fresh.server, &shape.name).is_some() || updates_any(fresh.server, &shape.name));
                continue;
            };
            let writes = Access::of(&shape.statement) != Access::Read;
            let shown = shown_rows(&oracle.db).await;
            // At first none is missed.
            for missed in 0.. {
                all_but.0.missed.store(missed, Ordering::Relaxed);
                let found = done(&plugged, &shape.statement).await;
                if missed > all_but.0.asked.load(Ordering::Relaxed) {
                    break;
                }
                // One that fails would show, but not that the rows do.
                let found = found.unwrap_or_else(|error| panic!("{}: {error}", shape.name));
                let is_same =
                    found == expected && hidden_rows(&fresh.db).await == hidden && shown_rows(&fresh.db).await == shown;
                if is_same != (missed == 0) {
                    unseen.push(format!("{} on {}, table {missed}", shape.name, fresh.server.name()));
                }
                seen += 1;
                if writes {
                    refill(&fresh.db, Rows::All).await;
                }
            }
            if writes {
                refill(&oracle.db, Rows::Visible).await;
                refill(&fresh.db, Rows::All).await;
            }
        }
        assert!(unseen.is_empty(), "{}", unseen.join("\n"));
        assert!(seen >= 200, "{seen} tables are too few");
        plugged.close().await.unwrap();
        oracle.drop().await;
    });
}

/// The tables of a statement by a walk that knows nothing of scopes, and the columns of one name.
#[derive(Default)]
struct Counts {
    tables: usize,
    inserts: usize,
    upserts: usize,
    columns: usize,
    column: &'static str,
}

impl Visit for Counts {
    fn visit_table_name(&mut self, name: &TableName) -> kysera::Result<()> {
        self.tables += usize::from(["items", "marks", "copies"].contains(&name.name.as_str()));
        Ok(())
    }

    fn visit_insert(&mut self, node: &Insert) -> kysera::Result<()> {
        self.inserts += 1;
        let action = node.conflict.as_ref().map(|it| &it.action);
        self.upserts += usize::from(matches!(action, Some(ConflictAction::Update { .. })));
        node.walk(self)
    }

    fn visit_column(&mut self, node: &Column) -> kysera::Result<()> {
        self.columns += usize::from(node.name().as_str() == self.column);
        Ok(())
    }
}

fn counts(statement: &Statement, column: &'static str) -> Counts {
    let mut counts = Counts { column, ..Counts::default() };
    statement.accept(&mut counts).unwrap();
    counts
}

/// Each plugin adds as many conditions as there are tables that it restricts.
fn restricts_each_once(plugin: impl Plugin, handle: impl Fn(Db) -> Db, column: &'static str, upserts: Upserts) {
    let spy = Spy::new();
    let db = handle(Db::with_driver(Mock::new()).plugin(plugin).plugin(spy.clone()).build().unwrap());
    let mut seen_all = 0;
    for shape in shapes("main") {
        // That the dialect lacks something, is said after the plugins.
        let compiled = db.compile(shape.statement.clone());
        let seen = spy.take();
        let [seen] = &seen[..] else { panic!("{}: {compiled:?}", shape.name) };
        let before = counts(&shape.statement, column);
        let of_upserts = if upserts == Upserts::PassBy { before.upserts } else { 0 };
        let tables = before.tables + of_upserts - before.inserts - hidden_by_ctes(&shape.name);
        let added = counts(&seen.statement, column).columns - before.columns;
        assert_eq!(added, tables, "{}: {}", shape.name, seen.sql);
        seen_all += added;
    }
    assert!(seen_all >= 200, "{seen_all} conditions are too few");
}

#[test]
fn none_is_restricted_twice() {
    restricts_each_once(AllBut::default(), |db| db, "tenant_id", Upserts::PassBy);
    restricts_each_once(SoftDelete::new(), |db| db, "deleted_at", Upserts::Update);
    let policies = RowPolicies::new().tenant::<Tenant>("tenant_id", |tenant| tenant.0.into());
    restricts_each_once(policies, |db| db.with(Tenant(1)), "tenant_id", Upserts::PassBy);
}
