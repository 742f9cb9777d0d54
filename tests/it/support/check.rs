//! [`check`]: queries, their SQL in every dialect, and everything that must hold of it.

use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::Path;

use kysera::Value;
use kysera::ast::{self, Node, VisitMut};
use kysera::dialect::{self, Compiled, MARIADB, MYSQL, POSTGRES, SQLITE, Spec};
use kysera::prelude::*;
use kysera::value::calendar;
use sqlparser::dialect::{Dialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::parser::Parser;

use super::servers::{self, Server};
use super::shared;

/// Checks queries, each under a name: that each compiles in every dialect to what `sql/expected/<file>.sql` says, or is
/// refused in those words; that it compiles to the same again, and after a rewrite that changes nothing; that a parser
/// of that dialect reads it, and reads the same with all parentheses written out; and that every server takes it. It is
/// prepared on a server, not run, on the tables of [`super::schema`].
///
/// With `UPDATE_EXPECT=1` the file is written instead; the difference is to be read before it is committed.
pub fn check(file: &str, queries: &[(&str, &dyn Statement)]) {
    let mut found = String::new();
    for (name, query) in queries {
        let statement = query.to_statement();
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
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/sql/expected").join(format!("{file}.sql"));
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &found).expect("a file that can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    for (number, (expected, found)) in expected.lines().zip(found.lines()).enumerate() {
        assert_eq!(expected, found, "{}:{}; UPDATE_EXPECT=1 writes it anew", path.display(), number + 1);
    }
    assert_eq!(expected.lines().count(), found.lines().count(), "{}", path.display());
}

/// A value with its kind.
fn show(value: &Value) -> String {
    let kind = value.kind();
    match value {
        Value::Null(_) => format!("null ({kind})"),
        Value::Bool(it) => it.to_string(),
        Value::I16(it) => format!("{it} ({kind})"),
        Value::I32(it) => format!("{it} ({kind})"),
        Value::I64(it) => format!("{it} ({kind})"),
        Value::F64(it) => format!("{it} ({kind})"),
        Value::Text(it) => format!("{it:?}"),
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
        while let sqlparser::ast::Expr::Nested(inner) = expr {
            *expr = (**inner).clone();
        }
        ControlFlow::<()>::Continue(())
    });
    statement
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
