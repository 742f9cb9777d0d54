//! Text within statements, and functions, under what keeps tenants apart: neither leaves quotes, nor calls what reads, acts or
//! tells of others.

use kysera::expr::{call, ident, raw};
use kysera::plugin::{ReadOnly, RowPolicies, TenantSchema};
use kysera::prelude::*;
use kysera::{Db, Executor, Result, ast};

use super::tenants::{Tenant, countries, docs, policies, two};
use crate::support::{Server, on_all, on_each};

/// What `sql!` does, but for what it refuses by itself.
macro_rules! text {
    ($text:literal $(, $slot:expr)*) => {
        raw($text)$(.slot($slot))*.finish()
    };
}

/// A query of the first tenant's titles under a condition of text.
macro_rules! titles {
    ($($condition:tt)*) => {
        select_from(docs::table).filter(text!($($condition)*)).select(docs::title).to_statement()
    };
}

/// A query that gives what text gives.
macro_rules! gives {
    ($($text:tt)*) => {
        select_from(countries::table).select(text!($($text)*).typed::<String>()).to_statement()
    };
}

fn refuses<T>(by: &str, result: Result<T>) {
    let Err(error) = result else { panic!("it runs, and {by} is to refuse it") };
    assert!(error.is_invalid() && error.to_string().contains(by), "{by}: {error}");
}

/// Names and text that would end the quotes around their slot, had they been written there.
#[test]
fn no_slot_ends_the_quotes_around_it() {
    on_all(async |fresh| {
        let (db, _) = two(fresh).await;
        let db = db.with(Tenant(1));
        let all = "') > 0) or 1=1 or (length('";
        let reads = "', (select max(title) from docs), '";
        let or = || sql!("') or (1=1) or ('").typed::<String>();
        for statement in [
            titles!("length('{}') > 0", ident(all)),
            titles!("'{}' = '1'", or()),
            titles!("'{}' <> ''", call::<String, _>("coalesce", (docs::title, or()))),
            titles!("\"{}\" = 'x'", ident("a\" = \"a\" or 1=1) or (\"x")),
            gives!("concat('{}')", ident(reads)),
        ] {
            refuses("a slot of text", db.execute(statement.into()).await);
        }
        let schema = TenantSchema::of(|tenant: &Tenant| format!("of_{}", tenant.0));
        let own = Db::builder(fresh.url.clone()).plugin(schema).connect().await.unwrap().with(Tenant(1));
        refuses("a slot of text", own.execute(gives!("concat('{}')", ident(reads)).into()).await);
    });
}

/// A variable of SQLite goes on in parentheses, quotes too, so that what stands in quotes elsewhere is code there.
#[test]
fn no_variable_hides_a_parenthesis() {
    on_all(async |fresh| {
        let (db, _) = two(fresh).await;
        let db = db.with(Tenant(1));
        for statement in [
            titles!("@a(') or 1=1) or (1=1 or @b(')"),
            titles!(":a(') or 1=1) or (1=1 or :b(')"),
            titles!("@a::b(') or 1=1) or (1=1 or @a::b(')"),
            titles!(":::é(') or 1=1) or (1=1 or :::é(')"),
            titles!(":a::(') or 1=1) or (1=1 or :b::(')"),
        ] {
            refuses("must be one expression", db.execute(statement.into()).await);
        }
    });
    on_each(&[Server::Postgres15, Server::Postgres18], async |fresh| {
        let (db, _) = two(fresh).await;
        let cast = titles!("{}::numeric(8, 1) = 1 and {} = 'mine'", docs::id, docs::title);
        assert_eq!(db.with(Tenant(1)).fetch(cast.into()).await.unwrap().len(), 1);
    });
}

/// What calls a function that is not known, in whatever way it is written.
fn calls() -> Vec<ast::Statement> {
    vec![
        gives!("cast({}({}, true, true, '') as text)", ident("query_to_xml"), "select * from docs"),
        gives!("cast({}.{}('docs', true, true, '') as text)", ident("pg_catalog"), ident("table_to_xml")),
        gives!("cast(u & {}('docs') as text)", ident("query\\005fto\\005fxml")),
        gives!("{}('/etc/passwd')", ident("load_file")),
        gives!("{} ('/etc/passwd')", ident("PG_READ_FILE")),
        gives!("cast('/etc/passwd' as text).pg_read_file"),
        gives!("(cast('/etc/passwd' as text)).pg_read_file"),
        gives!("(cast('/etc/passwd' as text)) . \"pg_read_file\""),
        gives!("(cast('/etc/passwd' as text)).{}", ident("pg_read_file")),
        gives!("{}.lo_unlink", 7_i64),
        gives!("cast((cast({} as text)).length.pg_try_advisory_lock as text)", "a"),
        gives!("pg_catalog.{}('a', 'b', true)", ident("set_config")),
        gives!("cast(get_raw_page('docs', 0) as text)"),
        gives!("pg_size_pretty(pg_relation_size('docs'))"),
        gives!("cast(total_changes() as text)"),
        gives!("cast(found_rows() as char)"),
        gives!("cast(lastval() as text)"),
        gives!("evil.lower('x')"),
        titles!("pg_try_advisory_lock({})", docs::id),
        titles!("({}).pg_try_advisory_lock", docs::id),
        titles!("pg_notify('c', {}) is null", docs::title),
        titles!("pg_has_role({}, 'usage')", docs::title),
        titles!("get_lock({}, 0)", docs::title),
        titles!("(@leak := concat(coalesce(@leak, ''), {})) is not null", docs::title),
        titles!("next value for numbers > 0"),
        select_from(docs::table).select(call::<i64, _>("pg_relation_size", (value("docs".to_owned()),))).to_statement(),
        select_from(docs::table).select(call::<i64, _>("LASTVAL", ())).to_statement(),
        select_from(docs::table).select(call::<String, _>("tidy", (docs::title,))).to_statement(),
        {
            let own = ast::Call { schema: Some("evil".into()), name: "lower".into(), arguments: vec![] };
            let q = select_from(docs::table).select(call::<String, _>("lower", (docs::title,)));
            let ast::Statement::Select(mut it) = q.to_statement() else { unreachable!() };
            it.filter = Some(ast::Expr::Call(ast::Shared::new(own)).is_null());
            ast::Statement::Select(it)
        },
    ]
}

#[test]
fn a_function_that_nobody_knows_is_not_called() {
    on_all(async |fresh| {
        let (db, _) = two(fresh).await;
        let schema = TenantSchema::of(|_: &Tenant| "main".to_owned());
        let own = Db::builder(fresh.url.clone()).plugin(schema).connect().await.unwrap().with(Tenant(1));
        let reads = Db::builder(fresh.url.clone()).plugin(ReadOnly::new()).connect().await.unwrap();
        for statement in calls() {
            refuses("the plugin `row policies`", db.with(Tenant(1)).execute(statement.clone().into()).await);
            refuses("the plugin `tenant schema`", own.execute(statement.clone().into()).await);
        }
        for statement in [
            gives!("cast({}({}, true, true, '') as text)", ident("query_to_xml"), "select * from docs"),
            gives!("(cast('/etc/passwd' as text)).pg_read_file"),
            gives!("{}.lo_unlink", 7_i64),
            titles!("({}).pg_try_advisory_lock", docs::id),
            titles!("(@leak := 1) = 1"),
        ] {
            refuses("the plugin `read only`", reads.execute(statement.into()).await);
        }
        let known = select_from(docs::table)
            .filter(sql!("lower({}) = {} and trim(' a ') = 'a' and {} in (1, 2.5)", docs::title, "mine", docs::id))
            .select((call::<String, _>("UPPER", (docs::title,)), docs::id.max().coalesce(0)))
            .group_by(docs::title);
        assert_eq!(known.fetch_all(&db.with(Tenant(1))).await.unwrap(), [("MINE".to_owned(), 1)]);
    });
}

#[test]
fn a_function_that_is_allowed_is_called() {
    on_each(&[Server::Postgres15, Server::Postgres18], async |fresh| {
        let (_, all) = two(fresh).await;
        let made = "create function tidy(it text) returns text language sql as 'select trim(it)'";
        all.batch(made).await.unwrap();
        let open = async |policies: RowPolicies| {
            let db = Db::builder(fresh.url.clone()).plugin(policies).connect().await.unwrap();
            db.with(Tenant(1))
        };
        let typed = || select_from(docs::table).select(call::<String, _>("tidy", (docs::title,)));
        let text =
            || select_from(docs::table).select(sql!("{}.tidy({})", ident(fresh.name()), docs::title).typed::<String>());
        let named = open(policies().allow_function("Tidy")).await;
        assert_eq!(typed().fetch_all(&named).await.unwrap().len(), 2);
        let tidy = format!("{}.tidy", fresh.name());
        refuses(&tidy, text().fetch_all(&named).await);
        let qualified = open(policies().allow_function(tidy)).await;
        assert_eq!(text().fetch_all(&qualified).await.unwrap().len(), 2);
        refuses("`tidy`", typed().fetch_all(&qualified).await);
        let any = open(policies().allow_text()).await;
        assert_eq!((typed().fetch_all(&any).await.unwrap().len(), text().fetch_all(&any).await.unwrap().len()), (2, 2));

        let schema = |plugin: TenantSchema| Db::builder(fresh.url.clone()).plugin(plugin).connect();
        let name = fresh.name().to_owned();
        let of = || {
            let name = name.clone();
            TenantSchema::of(move |_: &Tenant| name.clone())
        };
        refuses("`tidy`", typed().fetch_all(&schema(of()).await.unwrap().with(Tenant(1))).await);
        let allowed = schema(of().allow_function("tidy")).await.unwrap().with(Tenant(1));
        assert_eq!(typed().fetch_all(&allowed).await.unwrap().len(), 4);
    });
}

/// A condition of this text.
fn under(text: &str) -> ast::Statement {
    let raw = ast::Raw { parts: [ast::RawPart::Text(text.to_owned().into())].into_iter().collect() };
    let ast::Statement::Select(mut it) = select_from(docs::table).select(docs::id).to_statement() else {
        unreachable!()
    };
    it.filter = Some(ast::Expr::Raw(ast::Shared::new(raw)));
    ast::Statement::Select(it)
}

#[test]
fn what_only_looks_like_a_clause_passes() {
    on_all(async |fresh| {
        let (db, _) = two(fresh).await;
        let db = db.with(Tenant(1));
        let anywhere = ["title <> 'select from'", "title in ('table', 'mine')", "trim('into') = 'into'"];
        let postgres = [
            "extract(year from current_date) > 2000",
            "trim(both 'x' from title) = 'mine'",
            "substring(title from 1 for 1) = 'm'",
            "overlay(title placing 'M' from 1) like 'M%'",
            "position('i' in title) = 2",
            "id is distinct from 9",
            "id is not distinct from 1",
            "cast('2020-01-01 00:00:00+00' as timestamp with time zone) is not null",
            "id in (1, 2)",
        ];
        let mysql = [
            "extract(year from current_date) > 2000",
            "trim(both 'x' from title) = 'mine'",
            "substring(title from 1 for 1) = 'm'",
            "position('i' in title) = 2",
            "json_value('{\"a\": 1}', '$.a' returning signed) = 1",
            "17 member of ('[17]')",
        ];
        let of_server: &[&str] = match fresh.server {
            Server::Sqlite => &["id is distinct from 9", "id is not distinct from 1"],
            Server::Postgres15 | Server::Postgres18 => &postgres,
            Server::Mysql9 => &mysql,
            Server::Mariadb => &mysql[..4],
        };
        for text in anywhere.iter().chain(of_server) {
            assert!(db.fetch(under(text).into()).await.unwrap().len() <= 2, "{text}");
        }
    });
}

#[test]
fn a_clause_is_refused_and_so_is_what_reads() {
    on_all(async |fresh| {
        let (db, _) = two(fresh).await;
        let db = db.with(Tenant(1));
        for text in [
            "1 = 1 union (table docs)",
            "1 in (select 1)",
            "1 = any(values (1))",
            "exists (with it as (select 1) table it)",
            "1 = 1 intersect (1)",
            "id is distinct from 1 from docs",
            "id is distinct into",
            "trim(title) from docs",
            "(1) where (1)",
        ] {
            refuses("must not hold the word", db.execute(under(text).into()).await);
        }
        for text in ["id in docs", "(id in docs)", "position(1 = 1, (id in docs))", "lower((id in docs)) in ('x')"] {
            refuses("a list in parentheses after `in`", db.execute(under(text).into()).await);
        }
        for text in ["do\u{1f600}lower('x') = 'x'", "1\u{a0}= 1", "\u{feff}1 = 1"] {
            refuses("must be one expression", db.execute(under(text).into()).await);
        }
        // However its text is made of parts.
        let ast::Statement::Select(mut it) = under("") else { unreachable!() };
        let parts = ["'x' = do_", "lower('x')"].map(|text| ast::RawPart::Text(text.into())).into_iter().collect();
        it.filter = Some(ast::Expr::Raw(ast::Shared::new(ast::Raw { parts })));
        refuses("`do_lower`", db.execute(ast::Statement::Select(it).into()).await);
    });
}
