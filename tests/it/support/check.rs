//! [`check`]: one query, its SQL in every dialect, and everything that must hold of it.

use kysera::Value;
use kysera::ast::{self, Node, VisitMut};
use kysera::dialect::{self, Compiled, MARIADB, MYSQL, POSTGRES, SQLITE, Spec};
use kysera::prelude::*;
use sqlparser::dialect::{Dialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::parser::Parser;

use super::servers::{self, Server};

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
    for (spec, expected, parser) in [
        (&POSTGRES, postgres, &PostgreSqlDialect {} as &dyn Dialect),
        (&MYSQL, mysql, &MySqlDialect {}),
        (&MARIADB, mariadb, &MySqlDialect {}),
        (&SQLITE, sqlite, &SQLiteDialect {}),
    ] {
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
                parses(&statement, spec, parser, &compiled.sql);
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
fn parses(statement: &ast::Statement, spec: &Spec, parser: &dyn Dialect, sql: &str) {
    let explicit = dialect::compile_explicit(statement, spec).expect("it compiled before").sql;
    let read = |sql: &str| match Parser::parse_sql(parser, sql) {
        Ok(statements) => statements,
        Err(error) => panic!("{}: {error}: {sql}", spec.name),
    };
    let minimal = read(sql);
    assert_eq!(minimal.len(), 1, "{}: {sql}", spec.name);
    let without_parentheses = |statements: &[sqlparser::ast::Statement]| {
        statements.iter().map(|it| it.to_string().replace(['(', ')', ' '], "")).collect::<Vec<_>>()
    };
    assert_eq!(without_parentheses(&minimal), without_parentheses(&read(&explicit)), "{}", spec.name);
}

/// Every server takes the statement that its dialect writes.
fn prepares(statement: &ast::Statement) {
    servers::run(async {
        for server in Server::chosen() {
            let fresh = shared::database(server).await;
            let result = fresh.prepare(statement.clone().into()).await;
            match result {
                Ok(()) => {}
                Err(error) if error.is_unsupported() => {}
                Err(error) => panic!("{}: {error}: {:?}", server.name(), std::error::Error::source(&error)),
            }
        }
    });
}

/// One database for all checks on a server: they only prepare.
mod shared {
    use kysera::Db;
    use tokio::sync::OnceCell;

    use crate::support::schema;
    use crate::support::servers::{Fresh, Server};

    static DATABASES: [OnceCell<Fresh>; 5] = [const { OnceCell::const_new() }; 5];

    pub(super) async fn database(server: Server) -> &'static Db {
        let cell = &DATABASES[Server::ALL.iter().position(|it| *it == server).expect("a server")];
        let fresh = cell
            .get_or_init(|| async {
                let fresh = Fresh::new(server).await;
                schema::create(&fresh.db).await.unwrap_or_else(|error| panic!("{}: {error}", server.name()));
                fresh
            })
            .await;
        &fresh.db
    }
}
