//! [`check`] and [`check_all`]: queries, their SQL in every dialect, and everything that must hold of it.

use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::Path;

use kysera::Value;
use kysera::ast::{self, Node, VisitMut};
use kysera::dialect::{self, Compiled, MARIADB, MYSQL, POSTGRES, SQLITE, Spec};
use kysera::prelude::*;
use kysera::value::calendar;
use sqlparser::ast::{BinaryOperator, Expr as Parsed};
use sqlparser::dialect::{Dialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::parser::Parser;

use super::servers::{self, Server};
use super::shared;

/// What a dialect makes of a query.
#[derive(Clone, Copy, Debug)]
pub enum Expected {
    /// This SQL.
    Is(&'static str),
    /// It has no such thing, and says so in an error that holds these words.
    Unsupported(&'static str),
}

/// What every dialect makes of a query. It has no defaults, so that none is forgotten.
#[derive(Clone, Debug)]
pub struct Sql {
    pub postgres: Expected,
    pub mysql: Expected,
    pub mariadb: Expected,
    pub sqlite: Expected,
    /// What is bound, wherever there is SQL.
    pub params: Vec<Value>,
}

/// Checks a query: that each dialect makes of it what is expected; that it compiles to the same again, and after a rewrite
/// that changes nothing; that a parser of that dialect reads it, and reads the same with all parentheses written out; and
/// that every server takes it. It is prepared on a server, not run, on the tables of [`super::schema`].
pub fn check(query: impl Statement, expected: Sql) {
    let statement: ast::Statement = query.tree().into();
    let Sql { postgres, mysql, mariadb, sqlite, params } = expected;
    for (spec, expected) in [(&POSTGRES, postgres), (&MYSQL, mysql), (&MARIADB, mariadb), (&SQLITE, sqlite)] {
        match (dialect::compile(&statement, spec), expected) {
            (Ok(compiled), Expected::Is(sql)) => {
                assert_eq!(compiled.sql, sql, "{}", spec.name);
                assert_eq!(compiled.params, params, "{}", spec.name);
                same_again(&statement, spec, &compiled);
                assert_eq!(unread(&statement, spec, sql), "", "{}: {sql}", spec.name);
            }
            (Err(error), Expected::Unsupported(words)) => {
                assert!(error.is_unsupported() && error.to_string().contains(words), "{}: {error}", spec.name);
            }
            (found, expected) => panic!("{}: {found:?} is not {expected:?}", spec.name),
        }
    }
    prepares(&dialect::debug_sql(&statement, &POSTGRES).unwrap_or_default(), &statement);
}

/// Checks queries, each under a name, as [`check`] does, against `sql/expected/<file>.sql`, which has the words of the
/// dialects, refusals among them, below one another.
///
/// With `UPDATE_EXPECT=1` the file is written instead; the difference is to be read before it is committed.
pub fn check_all(file: &str, queries: &[(&str, &dyn Statement)]) {
    let mut found = String::new();
    for (name, query) in queries {
        let statement: ast::Statement = query.tree().into();
        _ = writeln!(found, "-- {name}");
        let mut params = None;
        for spec in [&POSTGRES, &MYSQL, &MARIADB, &SQLITE] {
            let line = match dialect::compile(&statement, spec) {
                Ok(compiled) => {
                    same_again(&statement, spec, &compiled);
                    let line = format!("{}{}", compiled.sql, unread(&statement, spec, &compiled.sql));
                    let shown = compiled.params.iter().map(show).collect::<Vec<_>>().join(", ");
                    // They differ where one value has one placeholder in several places.
                    if params.as_ref() == Some(&shown) {
                        line
                    } else {
                        format!("{line}\n    [{}]", params.insert(shown))
                    }
                }
                Err(error) => format!("error: {error}"),
            };
            _ = writeln!(found, "{}: {line}", spec.name);
        }
        found.push('\n');
        prepares(name, &statement);
    }
    check_file(&format!("tests/it/sql/expected/{file}.sql"), &found);
}

/// Compares what was found with a file of the project, or, with `UPDATE_EXPECT=1`, writes it there.
pub fn check_file(path: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, found).expect("a file that can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    for (number, (expected, found)) in expected.lines().zip(found.lines()).enumerate() {
        assert_eq!(expected, found, "{}:{}; UPDATE_EXPECT=1 writes it anew", path.display(), number + 1);
    }
    assert_eq!(expected.lines().count(), found.lines().count(), "{}", path.display());
}

/// A value with its kind.
pub fn show(value: &Value) -> String {
    let kind = value.kind();
    match value {
        Value::Null(_) => format!("null ({kind})"),
        Value::Bool(it) => it.to_string(),
        Value::I16(it) => format!("{it} ({kind})"),
        Value::I32(it) => format!("{it} ({kind})"),
        Value::I64(it) => format!("{it} ({kind})"),
        Value::F64(it) => format!("{it} ({kind})"),
        Value::Text(it) => format!("{it:?}"),
        Value::Named(it) => format!("{:?} ({:?})", it.text, it.data_type),
        Value::TimestampTz(it) => calendar::format_timestamp(*it),
        other => panic!("show a value that is {}", other.kind()),
    }
}

struct NoChange;
impl VisitMut for NoChange {}

/// Compiling is a pure function, and a rewrite that changes nothing changes nothing.
fn same_again(statement: &ast::Statement, spec: &Spec, compiled: &Compiled) {
    assert_eq!(dialect::compile(statement, spec).as_ref().ok(), Some(compiled), "{}", spec.name);
    let mut rewritten = statement.clone();
    rewritten.accept_mut(&mut NoChange).expect("no error");
    assert_eq!(&rewritten, statement);
    assert_eq!(dialect::compile(&rewritten, spec).as_ref().ok(), Some(compiled), "{}", spec.name);
}

/// What the other parser says of SQL that it cannot read. What it can read must be one statement, and the same with
/// every parenthesis written.
fn unread(statement: &ast::Statement, spec: &Spec, sql: &str) -> String {
    let explicit = dialect::compile_explicit(statement, spec).expect("it compiled before").sql;
    match reads_the_same(spec, sql, &explicit) {
        Ok(()) => String::new(),
        Err(Unread::NoSyntax(error)) => format!("\n    {error}"),
        Err(Unread::Otherwise(difference)) => panic!("{}: {difference}: {sql}", spec.name),
    }
}

/// Why another parser does not read both texts as the same statement.
#[derive(Debug)]
pub enum Unread {
    /// It does not know the syntax.
    NoSyntax(String),
    /// It reads them, but not as the same.
    Otherwise(String),
}

/// Whether a parser of the dialect reads both as the same statement, but for parentheses around expressions.
pub fn reads_the_same(spec: &Spec, minimal: &str, explicit: &str) -> Result<(), Unread> {
    let parser: &dyn Dialect = match spec.name {
        "PostgreSQL" => &PostgreSqlDialect {},
        "SQLite" => &SQLiteDialect {},
        _ => &MySqlDialect {},
    };
    let read = |sql: &str| {
        let mut statements = Parser::parse_sql(parser, sql).map_err(|error| Unread::NoSyntax(error.to_string()))?;
        match (statements.pop(), statements.len()) {
            (Some(only), 0) => Ok(without_parentheses(only)),
            (_, more) => Err(Unread::Otherwise(format!("{more} more statements: {sql}"))),
        }
    };
    let (minimal, explicit) = (read(minimal)?, read(explicit)?);
    if minimal == explicit { Ok(()) } else { Err(Unread::Otherwise(format!("{minimal} is not {explicit}"))) }
}

fn without_parentheses(mut statement: sqlparser::ast::Statement) -> sqlparser::ast::Statement {
    let _ = sqlparser::ast::visit_expressions_mut(&mut statement, |expr| {
        while let Parsed::Nested(inner) = expr {
            *expr = (**inner).clone();
        }
        // `a and (b and c)` is `(a and b) and c`, also of `null`.
        while let Some(rotated) = rotated(expr) {
            *expr = rotated;
        }
        ControlFlow::<()>::Continue(())
    });
    statement
}

/// `(a and b) and c` for `a and (b and c)`, and the same of `or`.
fn rotated(expr: &Parsed) -> Option<Parsed> {
    let Parsed::BinaryOp { left, op: op @ (BinaryOperator::And | BinaryOperator::Or), right } = expr else {
        return None;
    };
    let Parsed::BinaryOp { left: middle, op: inner, right: last } = &**right else { return None };
    let join = |left: Parsed, right: &Parsed| Parsed::BinaryOp {
        left: Box::new(left),
        op: op.clone(),
        right: Box::new(right.clone()),
    };
    let first = join((**left).clone(), middle);
    let first = rotated(&first).unwrap_or(first);
    (inner == op).then(|| join(first, last))
}

/// Every server takes the statement that its dialect writes.
fn prepares(name: &str, statement: &ast::Statement) {
    servers::run(async {
        for server in Server::chosen() {
            match shared::database(server).await.prepare(statement.clone().into()).await {
                Ok(()) => {}
                Err(error) if error.is_unsupported() || error.is_invalid() => {}
                Err(error) => panic!("{name} on {}: {error}: {:?}", server.name(), std::error::Error::source(&error)),
            }
        }
    });
}
