//! A slot of `sql!` in quotes or a comment of its text, which each server has others of.

use kysera::dialect::{self, MARIADB, MYSQL, POSTGRES, SQLITE, Spec};
use kysera::expr::{ident, quotes_a_slot, raw, raw_unchecked};
use kysera::prelude::*;
use kysera::{Executor, ast};

use crate::support::reading;
use crate::support::schema::*;

const DIALECTS: [&Spec; 4] = [&POSTGRES, &MYSQL, &MARIADB, &SQLITE];

/// Where a slot is bound. Elsewhere it is refused.
#[derive(Clone, Copy, Debug)]
enum Bound {
    Everywhere,
    Nowhere,
    Postgres,
    Mysql,
    Sqlite,
    NotPostgres,
    NotMysql,
    NotSqlite,
}

use Bound::{Everywhere, Mysql, NotMysql, NotPostgres, NotSqlite, Nowhere, Postgres, Sqlite};

impl Bound {
    fn on(self, spec: &Spec) -> bool {
        let (is_postgres, is_sqlite) = (spec.name == POSTGRES.name, spec.name == SQLITE.name);
        match self {
            Everywhere => true,
            Nowhere => false,
            Postgres => is_postgres,
            Mysql => !is_postgres && !is_sqlite,
            Sqlite => is_sqlite,
            NotPostgres => !is_postgres,
            NotMysql => is_postgres || is_sqlite,
            NotSqlite => !is_sqlite,
        }
    }
}

macro_rules! texts {
    ($($bound:ident $text:literal)*) => {
        // What `sql!` does, but for what it refuses by itself.
        [$(($bound, $text, raw($text).slot(7_i64).finish().statement())),*]
    };
}

fn compiles(statement: &ast::Statement, spec: &Spec) -> bool {
    match dialect::compile(statement, spec) {
        Ok(compiled) => !compiled.params.is_empty(),
        Err(error) => {
            assert!(error.is_invalid() && error.to_string().contains("quotes or a comment"), "{error}");
            false
        }
    }
}

#[test]
fn a_slot_in_quotes_is_refused_and_any_other_is_bound() {
    let texts = texts! {
        Everywhere "select 1 where 1 < {}"
        Everywhere "select 'a', {}"
        Everywhere "select 'it''s', {}"
        Everywhere r"select 'a\\', {}"
        Everywhere "select 1 as \"a\"\"b'c\", {}"
        Everywhere "select 1 as a$b$, {}"
        Everywhere "select 1 /* ' */, {}"
        Everywhere "select 1 /*/ ' */, {}"
        Everywhere "select 1 -- it's\n, {}"
        Everywhere "select 1 / 2 - {} * 3 -- '"
        Nowhere "select '{}'"
        Nowhere "select 'it''s {}'"
        Nowhere "select 'a' '{}'"
        Nowhere "select \"{}\""
        Nowhere r"select 'a\'', {}"
        Nowhere "select 1 /* {} */"
        Nowhere "select 1 -- {}"
        Nowhere "select 1 --{}"
        NotMysql r"select '\', {}"
        NotMysql "select /*! 1, */ {}"
        Postgres r"select e'\'', {}"
        Postgres "select $a$ ' $b$ $a$, {}"
        Postgres "select $$ ' $$, {}"
        Postgres "select 1 -- \r, {}"
        NotPostgres "select 1 /* /* */ + {} -- */"
        NotPostgres "select 1 as `a'b`, {}"
        Mysql "select 8 --1 + {}"
        Sqlite "select 1 as [a'b], {}"
    };
    for (bound, text, statement) in &texts {
        for spec in DIALECTS {
            assert_eq!(compiles(statement, spec), bound.on(spec), "{} {text}", spec.name);
            assert!(!(quotes_a_slot(text) && bound.on(spec)), "{text}");
        }
    }
    // Where it is bound, the server counts one parameter too.
    reading(async |server, db| {
        for (bound, text, statement) in &texts {
            if bound.on(server.spec()) {
                let ran = db.fetch(statement.clone().into()).await;
                assert!(ran.is_ok(), "{} {text} {:?}", server.name(), ran.err());
            }
        }
    });
}

#[test]
fn the_compiler_sees_a_slot_in_quotes_where_no_server_differs() {
    for quoted in ["'{}'", "a - 1 = '%{}%'", "'it''s {}'", "'{{' || '{}'", "{} = '/* {}'"] {
        assert!(quotes_a_slot(quoted), "{quoted}");
    }
    for other in ["'a' || {}", "'it''s' {}", "'{{}}' {}", r"'\\' || {}", r"'\'{}'", "[']{}", "-- '\n{}", "$$ ' $$ {}"] {
        assert!(!quotes_a_slot(other), "{other}");
    }
}

/// Text that a server does not take, whatever its slots are.
#[test]
fn quotes_of_other_servers_are_none() {
    let texts = texts! {
        NotPostgres "select $$ {} $$"
        NotPostgres "select $a$ $b$ {} $a$"
        NotPostgres "select $a$ {} ' $a$ '"
        Postgres "select ` {} '`"
        NotSqlite "select [{}]"
        NotSqlite "select @a(')', {}"
        NotMysql "select 1 # {}"
        Sqlite "select e'a'\n'\\', {}"
        NotMysql "select 1 /*M! , */ {}"
    };
    for (bound, text, statement) in &texts {
        for spec in DIALECTS {
            assert_eq!(compiles(statement, spec), bound.on(spec), "{} {text}", spec.name);
        }
    }
}

#[test]
fn a_slot_stands_apart_from_words_and_quotes() {
    let name = || ident("x\" or 1=1 --");
    for statement in [
        sql!("select u&{}", name()).statement(),
        sql!("select U&{} uescape '!'", name()).statement(),
        sql!("select e{}", name()).statement(),
        sql!("select {}_to_xml('docs')", name()).statement(),
        sql!("select {}1", name()).statement(),
        sql!("select 1{}", name()).statement(),
        sql!("select $${}", name()).statement(),
        sql!("select {}$$", name()).statement(),
        sql!("select 'a'{}", name()).statement(),
        sql!("select {}\"a\"", name()).statement(),
        sql!("select {}{}", name(), name()).statement(),
        sql!("select é{}", name()).statement(),
    ] {
        for spec in DIALECTS {
            let error = dialect::compile(&statement, spec).unwrap_err();
            assert!(error.is_invalid() && !error.to_string().contains("1=1"), "{error}");
        }
    }
    let beside = sql!("select {}.{}, ({}), 6&{}, {}=1,-{}", name(), name(), 1, 2, 3, 4).statement();
    for spec in DIALECTS {
        assert!(compiles(&beside, spec));
    }
}

#[test]
fn text_within_a_statement_closes_its_quotes() {
    for open in ["'", "1 = 1 -- all", "1 = 1 /*", "\"a", "'it''s"] {
        let q = select_from(users::table).filter(raw_unchecked(open.into())).filter(users::id.eq(1)).to_statement();
        let slot = sql!("select {}, '", raw_unchecked(open.into()).typed::<i64>()).statement();
        let cte = {
            let ast::Statement::Select(mut it) =
                with(users::table, select_from(users::table)).select_from(users::table).to_statement()
            else {
                unreachable!()
            };
            it.with[0].statement = raw_unchecked(open.into()).statement();
            ast::Statement::Select(it)
        };
        for statement in [q, slot, cte] {
            for spec in DIALECTS {
                assert!(!compiles(&statement, spec), "{} {open}", spec.name);
            }
        }
    }
    // A whole statement may end in a comment.
    reading(async |_, db| {
        db.fetch(sql!("select 1 -- it's all").statement().into()).await.unwrap();
    });
}
