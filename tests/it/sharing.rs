//! What is rewritten without being changed stays where it is: for statements made of chance, of every kind of node.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use kysera::ast::{Column, Expr, Ident, Node, Statement, VisitMut};
use kysera::dialect::{self, MARIADB, MYSQL, POSTGRES, SQLITE};
use kysera::error::Result;
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, any};
use proptest::test_runner::TestRunner;

use crate::nodes::{METHODS, Places, Seen};
use crate::support::trees;

const CASES: u32 = 4000;

/// Runs a test on statements made of chance; of those that fail, it shows the smallest that it finds.
fn on_statements(test: impl Fn(&Statement)) {
    on_own_statements(|statement| test(&statement));
}

/// The same, on statements of which nobody else holds a part.
fn on_own_statements(test: impl Fn(Statement)) {
    let mut runner =
        TestRunner::new(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() });
    let bytes = vec(any::<u8>(), 0..400);
    let outcome = runner.run(&bytes, |bytes| {
        test(trees::statement(&bytes));
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

/// Rewrites a clone, and demands that it is the same tree: not only an equal one, but the same nodes.
fn stays_the_same(statement: &Statement, rewrite: impl FnOnce(&mut Statement) -> Result<()>) -> Result<()> {
    let mut rewritten = statement.clone();
    rewrite(&mut rewritten)?;
    assert!(rewritten == *statement, "{rewritten:?} is not {statement:?}");
    assert!(Places::of(&rewritten) == Places::of(statement), "a node was copied: {statement:?}");
    Ok(())
}

struct Nothing;

impl VisitMut for Nothing {}

#[test]
fn a_no_op_shares_every_node_and_is_written_as_before() {
    let compiled = Cell::new(0);
    on_statements(|statement| {
        let mut rewritten = statement.clone();
        stays_the_same(statement, |it| it.accept_mut(&mut Nothing)).unwrap();
        rewritten.accept_mut(&mut Nothing).unwrap();
        for spec in [&POSTGRES, &MYSQL, &MARIADB, &SQLITE] {
            let written = |it: &Statement| dialect::compile(it, spec).map_err(|error| error.to_string());
            let after = written(&rewritten);
            compiled.set(compiled.get() + u32::from(after.is_ok()));
            assert_eq!(after, written(statement), "{}", spec.name);
        }
    });
    let compiled = compiled.get();
    assert!(compiled > CASES / 2, "{compiled} of {} are SQL, which are too few", 4 * CASES);
}

/// No copy of a node is made that nobody else holds, only to be found equal and dropped again.
#[test]
fn a_no_op_is_given_the_nodes_that_nobody_else_holds_where_they_lie() {
    on_own_statements(|mut statement| {
        let before = Places::of(&statement);
        let given = Places::rewritten(&mut statement);
        assert!(given == before && Places::of(&statement) == before, "a node was copied: {statement:?}");
    });
    // Of what somebody else holds, a copy is given, and dropped.
    let (copied, kept) = (Cell::new(0), Cell::new(0));
    on_own_statements(|mut statement| {
        let before = Places::of(&statement);
        let _other = statement.clone();
        let given = Places::rewritten(&mut statement);
        assert!(Places::of(&statement) == before, "a copy was kept: {statement:?}");
        let count = if given == before { &kept } else { &copied };
        count.set(count.get() + 1);
    });
    assert!(
        copied.get() > CASES / 2,
        "{} were copied and {} not, so nobody sees copies here",
        copied.get(),
        kept.get()
    );
}

#[test]
fn rewrites_that_give_everything_back_share_every_node() {
    let (done, refused) = (Cell::new(0), Cell::new(0));
    on_statements(|statement| {
        stays_the_same(statement, |it| it.rewrite_exprs(|_| Ok(()))).unwrap();
        stays_the_same(statement, |it| it.set_on_insert("c", |_| Ok(None))).unwrap();
        stays_the_same(statement, |it| it.set_on_update("c", |_, _| Ok(None))).unwrap();
        for outcome in [
            stays_the_same(statement, |it| it.map_columns(|_, column| Ok(Some(column.clone())))),
            stays_the_same(statement, |it| it.rename_tables(|table| Ok(Some(table.name().clone())))),
            stays_the_same(statement, |it| it.restrict_tables(|_| Ok(None))),
        ] {
            match outcome {
                Ok(()) => done.set(done.get() + 1),
                Err(error) => {
                    assert!(error.to_string().contains("further down; give that another name"), "{error}");
                    refused.set(refused.get() + 1);
                }
            }
        }
    });
    let (done, refused) = (done.get(), refused.get());
    assert!(done > 9 * refused, "{refused} were refused, and {done} not");
}

/// A tree that is renamed there and back is the one it was, and the one that was given stays.
#[test]
fn columns_that_are_renamed_there_and_back_are_equal() {
    on_statements(|statement| {
        let places = Places::of(statement);
        let mut there = statement.clone();
        let renamed = there.rewrite_exprs(|expr| {
            rename(expr, |name| format!("{name}!"));
            Ok(())
        });
        renamed.unwrap();
        assert!(Places::of(statement) == places, "another tree was changed: {statement:?}");
        there
            .rewrite_exprs(|expr| {
                rename(expr, |name| name.trim_end_matches('!').to_owned());
                Ok(())
            })
            .unwrap();
        assert!(there == *statement, "{there:?} is not {statement:?}");
    });
}

fn rename(expr: &mut Expr, new: impl Fn(&str) -> String) {
    if let Expr::Column(column) = expr {
        let name = new(column.name().as_str());
        *column = Column::new(column.table(), Ident::from(name));
    }
}

/// What is SQL stays SQL when its columns have other names, and binds the same values.
#[test]
fn columns_that_are_renamed_leave_a_statement_one() {
    let (done, renamed) = (Cell::new(0), Cell::new(0));
    on_statements(|statement| {
        let mut other = statement.clone();
        match other.map_columns(|_, column| Ok(Some(format!("c {}", column.as_str()).into()))) {
            Ok(()) => {}
            Err(error) => {
                let words = error.to_string();
                let expected = ["give that another name", "it must be said of which table"];
                return assert!(expected.iter().any(|it| words.contains(it)), "{words}");
            }
        }
        renamed.set(renamed.get() + u32::from(other != *statement));
        for spec in [&POSTGRES, &MYSQL, &MARIADB, &SQLITE] {
            if let Ok(before) = dialect::compile(statement, spec) {
                let after = dialect::compile(&other, spec);
                let after = after.unwrap_or_else(|error| panic!("{}: {error}: {}", spec.name, before.sql));
                assert_eq!(after.params, before.params, "{}: {} is {}", spec.name, before.sql, after.sql);
                done.set(done.get() + 1);
            }
        }
    });
    assert!(done.get() > CASES / 2 && renamed.get() > CASES / 2, "{} of {}", done.get(), renamed.get());
}

/// Chance makes all of them.
#[test]
fn every_kind_of_node_is_among_them() {
    let seen = RefCell::new(Seen::default());
    on_statements(|statement| statement.accept(&mut *seen.borrow_mut()).unwrap());
    let all: BTreeSet<_> = METHODS.iter().copied().collect();
    assert_eq!(seen.into_inner().0, all);
}
