//! [`check`]: one query, its SQL in every dialect, and everything that must hold of it.

use kysera::Value;
use kysera::ast::{self, Node, VisitMut};
use kysera::dialect::{self, Compiled, MARIADB, MYSQL, POSTGRES, SQLITE, Spec};
use kysera::prelude::*;
use sqlparser::dialect::{Dialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::parser::Parser;

use super::servers::{self, Server};
use super::shared;

/// What is expected of a query in one dialect.
#[derive(Clone, Copy, Debug)]
pub enum Expected {
    /// This SQL.
    Is(&'static str),
    /// A refusal whose message names this.
    Unsupported(&'static str),
}

/// What is expected of a query in each dialect. There are no defaults, so that no dialect is forgotten.
pub struct Sql {
    pub postgres: Expected,
    pub mysql: Expected,
    pub mariadb: Expected,
    pub sqlite: Expected,
    pub params: Vec<Value>,
}

struct NoChange;
impl VisitMut for NoChange {}

/// Checks a query in every dialect: its SQL or its refusal; that it compiles to the same again, and after a rewrite
/// that changes nothing; that a parser of that dialect reads it, and reads the same with all parentheses written out;
/// and that every server takes it. It is prepared on a server, not run, on the tables of [`super::schema`].
pub fn check(query: impl Statement, expected: Sql) {
    let statement = query.to_statement();
    let Sql { postgres, mysql, mariadb, sqlite, params } = expected;
    for (spec, expected) in [(&POSTGRES, postgres), (&MYSQL, mysql), (&MARIADB, mariadb), (&SQLITE, sqlite)] {
        let compiled = dialect::compile(&statement, spec);
        match expected {
            Expected::Unsupported(feature) => {
                let error = compiled.expect_err(spec.name);
                assert!(error.is_unsupported(), "{}: {error}", spec.name);
                assert!(error.to_string().contains(feature), "{}: {error}", spec.name);
            }
            Expected::Is(sql) => {
                let compiled = compiled.unwrap_or_else(|error| panic!("{}: {error}", spec.name));
                assert_eq!(compiled.sql, sql, "{}", spec.name);
                assert_eq!(compiled.params, params, "{}", spec.name);
                same_again(&statement, spec, &compiled);
                parses(&statement, spec, &compiled.sql);
            }
        }
    }
    prepares(&statement);
}

/// Compiling is a pure function, and a rewrite that changes nothing changes nothing.
fn same_again(statement: &ast::Statement, spec: &Spec, compiled: &Compiled) {
    assert_eq!(dialect::compile(statement, spec).as_ref().ok(), Some(compiled), "{}", spec.name);
    let mut rewritten = statement.clone();
    rewritten.accept_mut(&mut NoChange).expect("no error");
    assert_eq!(&rewritten, statement);
    assert_eq!(dialect::compile(&rewritten, spec).as_ref().ok(), Some(compiled), "{}", spec.name);
}

/// Another parser reads the SQL as one statement, and reads it in the same way with every parenthesis written.
fn parses(statement: &ast::Statement, spec: &Spec, sql: &str) {
    let explicit = dialect::compile_explicit(statement, spec).expect("it compiled before").sql;
    reads_the_same(spec, sql, &explicit).unwrap_or_else(|difference| panic!("{}: {difference}: {sql}", spec.name));
}

/// Whether a parser of the dialect reads both as the same statement, but for parentheses around expressions.
pub fn reads_the_same(spec: &Spec, minimal: &str, explicit: &str) -> Result<(), String> {
    let parser: &dyn Dialect = match spec.name {
        "PostgreSQL" => &PostgreSqlDialect {},
        "SQLite" => &SQLiteDialect {},
        _ => &MySqlDialect {},
    };
    let read = |sql: &str| {
        let mut statements = Parser::parse_sql(parser, sql).map_err(|error| error.to_string())?;
        let statement = match (statements.pop(), statements.pop()) {
            (Some(only), None) => only,
            (_, Some(_)) => return Err("several statements".into()),
            (None, None) => return Err("no statement".into()),
        };
        Ok::<_, String>(without_parentheses(statement))
    };
    let (minimal, explicit) = (read(minimal)?, read(explicit)?);
    if minimal == explicit { Ok(()) } else { Err(format!("{minimal} is not {explicit}")) }
}

fn without_parentheses(mut statement: sqlparser::ast::Statement) -> sqlparser::ast::Statement {
    let _ = sqlparser::ast::visit_expressions_mut(&mut statement, |expr| {
        while let sqlparser::ast::Expr::Nested(inner) = expr {
            *expr = (**inner).clone();
        }
        std::ops::ControlFlow::<()>::Continue(())
    });
    statement
}

/// Every server takes the statement that its dialect writes.
fn prepares(statement: &ast::Statement) {
    servers::run(async {
        for server in Server::chosen() {
            let result = shared::database(server).await.prepare(statement.clone().into()).await;
            match result {
                Ok(()) => {}
                Err(error) if error.is_unsupported() => {}
                Err(error) => panic!("{}: {error}: {:?}", server.name(), std::error::Error::source(&error)),
            }
        }
    });
}
