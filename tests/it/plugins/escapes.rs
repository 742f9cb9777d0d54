//! Attempts to reach another tenant's rows. What a query gives must be what it gives where the other tenant has no rows at
//! all; what writes must leave the other's rows as they were, and make no new ones of theirs.

use kysera::Executor;
use kysera::ast;
use kysera::dialect::Spec;
use kysera::expr::{call, raw_unchecked};
use kysera::prelude::*;
use kysera::query::output;

use super::tenants::{Tenant, again, count_of_the_other, countries, docs, fill, of_the_other, shape, tags, two};
use crate::support::on_all;

/// What is expected of an attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Then {
    /// It runs, wherever the dialect has it, and reaches only what is the tenant's.
    Runs,
    /// The plugin refuses it.
    Refused,
    /// Either, as the server has it: a key that is taken, a name that is ambiguous.
    Either,
}

use Then::{Either, Refused, Runs};

fn tree(statement: impl Statement) -> ast::Statement {
    statement.tree().into()
}

/// The table by text, under an alias or not.
fn named(name: impl Into<ast::TableName>, alias: Option<&str>) -> ast::Statement {
    let ast::Statement::Select(mut select) = tree(select_from(docs::table).select(docs::title)) else { unreachable!() };
    select.from[0] = ast::TableRef::Table(ast::Table { name: name.into(), alias: alias.map(Into::into) });
    ast::Statement::Select(select)
}

pub fn reads() -> Vec<(&'static str, Then, ast::Statement)> {
    alias!(other = docs, tags_as_docs = tags, third = docs);
    let docs_of_all = || select_from(docs::table).select((docs::id, docs::title));
    let ids = || select_from(docs::table).select(docs::id);
    vec![
        ("plain", Runs, tree(docs_of_all())),
        ("by key", Runs, tree(docs_of_all().filter(docs::id.eq(7001)))),
        ("by tenant", Runs, tree(docs_of_all().filter(docs::tenant_id.eq(2)))),
        ("or true", Runs, tree(docs_of_all().filter(any([docs::id.gt(0), docs::id.le(0)])))),
        ("not", Runs, tree(docs_of_all().filter(not(docs::tenant_id.eq(1))))),
        ("distinct", Runs, tree(select_from(docs::table).distinct().select(docs::tenant_id))),
        ("limit and offset", Runs, tree(ids().order_by(docs::id.desc()).limit(1).offset(0))),
        ("alias", Runs, tree(select_from(other).select(other.title))),
        ("alias that shadows", Runs, {
            let ast::Statement::Select(mut it) = tree(docs_of_all()) else { unreachable!() };
            it.from.push(ast::TableRef::Table(ast::Table { name: "docs".into(), alias: Some("tags".into()) }));
            ast::Statement::Select(it)
        }),
        ("scalar in the select list", Runs, {
            tree(select_from(countries::table).select(select_from(docs::table).select(docs::id.max()).scalar()))
        }),
        ("in", Runs, {
            tree(select_from(tags::table).filter(tags::doc_id.in_(ids())).select((tags::id, tags::label)))
        }),
        ("not in", Runs, tree(select_from(tags::table).filter(tags::doc_id.not_in(ids())).select(tags::id))),
        ("exists", Runs, {
            let secret = select_from(docs::table).filter(docs::title.like("secret%"));
            tree(select_from(countries::table).filter(secret.exists()))
        }),
        ("not exists", Runs, {
            let secret = select_from(docs::table).filter(docs::title.like("secret%"));
            tree(select_from(countries::table).filter(secret.not_exists()))
        }),
        ("correlated", Runs, {
            let doc = select_from(docs::table).correlate(tags::table).filter(docs::id.eq(tags::doc_id));
            tree(select_from(tags::table).select((tags::id, doc.select(docs::title).scalar())))
        }),
        ("inner join", Runs, {
            tree(
                select_from(tags::table)
                    .inner_join(docs::table, docs::id.eq(tags::doc_id))
                    .select((tags::id, docs::title)),
            )
        }),
        ("left join", Runs, {
            tree(
                select_from(tags::table)
                    .left_join(docs::table, docs::id.eq(tags::doc_id))
                    .select((tags::id, docs::title)),
            )
        }),
        ("right join", Runs, {
            let joined = select_from(tags::table).right_join(docs::table, docs::id.eq(tags::doc_id));
            tree(joined.select((tags::label, docs::title)))
        }),
        ("full join", Runs, {
            let joined = select_from(tags::table).full_join(docs::table, docs::id.eq(tags::doc_id));
            tree(joined.select((tags::label, docs::title)))
        }),
        ("left join that is outer twice", Runs, {
            let joined = select_from(countries::table)
                .left_join(docs::table, docs::id.gt(countries::id))
                .left_join(tags::table, tags::doc_id.eq(docs::id));
            tree(joined.select((countries::id, docs::title, tags::label)))
        }),
        ("cross join", Runs, tree(select_from(countries::table).cross_join(docs::table).select(docs::title))),
        ("self join", Runs, {
            let joined = select_from(docs::table).inner_join(other, other.id.eq(docs::parent_id));
            tree(joined.select((docs::title, other.title)))
        }),
        ("left self join", Runs, {
            let joined = select_from(docs::table).left_join(other, other.id.eq(docs::parent_id));
            tree(joined.select((docs::title, other.title)))
        }),
        ("subquery in on", Runs, {
            let joined = select_from(tags::table).left_join(other, other.id.eq(tags::doc_id).and(other.id.in_(ids())));
            tree(joined.select((tags::id, other.title)))
        }),
        ("union", Runs, tree(docs_of_all().filter(docs::id.lt(0)).union(docs_of_all()))),
        ("union all of three", Runs, {
            tree(ids().union_all(ids()).union_all(select_from(tags::table).select(tags::doc_id)))
        }),
        ("except", Runs, tree(select_from(tags::table).select(tags::doc_id).except(ids()))),
        ("intersect", Runs, tree(select_from(tags::table).select(tags::doc_id).intersect(ids()))),
        ("ordered union", Runs, tree(ids().union(ids()).order_by(output("id").desc()).limit(3))),
        ("derived table", Runs, tree(select_from(docs_of_all().derived(shape::table)))),
        ("derived union", Runs, tree(select_from(docs_of_all().union(docs_of_all()).derived(shape::table)))),
        ("common table expression", Runs, tree(with(shape::table, docs_of_all()).select_from(shape::table))),
        ("one with the table's name", Either, {
            // SQLite takes the name for the expression inside too.
            // The name means the expression outside, and the table inside.
            let ast::Statement::Select(mut it) = tree(with(shape::table, docs_of_all()).select_from(shape::table))
            else {
                unreachable!()
            };
            it.with[0].name = "docs".into();
            it.from[0] = ast::TableRef::Table(ast::Table { name: "docs".into(), alias: Some("shape".into()) });
            ast::Statement::Select(it)
        }),
        ("recursive", Runs, {
            let step = select_from(other).inner_join(shape::table, other.parent_id.eq(shape::id));
            let walk = docs_of_all().filter(docs::id.eq(1)).union_all(step.select((other.id, other.title)));
            tree(with_recursive(shape::table, walk).select_from(shape::table).limit(50))
        }),
        ("two expressions", Runs, {
            let second = select_from(shape::table).inner_join(docs::table, docs::parent_id.eq(shape::id));
            alias!(late = shape);
            let second = second.select((docs::id, docs::title));
            tree(with(shape::table, docs_of_all()).with(late, second).select_from(late))
        }),
        ("count", Runs, tree(select_from(docs::table).select(count_all()))),
        ("aggregates", Runs, tree(select_from(docs::table).select((docs::id.max(), docs::title.min())))),
        ("group by", Runs, {
            tree(select_from(docs::table).group_by(docs::tenant_id).select((docs::tenant_id, docs::id.count())))
        }),
        ("subquery in having", Runs, {
            let most = select_from(tags::table).select(tags::id.max()).scalar();
            let grouped = select_from(docs::table).group_by(docs::tenant_id).having(docs::id.max().lt(most));
            tree(grouped.select(docs::tenant_id))
        }),
        ("subquery in order by", Runs, {
            let title = select_from(other).correlate(tags::table).filter(other.id.eq(tags::doc_id)).select(other.title);
            tree(select_from(tags::table).order_by(title.scalar().desc()).limit(1).select(tags::id))
        }),
        ("subquery in case", Runs, {
            let secret = select_from(docs::table).filter(docs::title.eq("secret"));
            tree(select_from(countries::table).select(case::<i64>().when(secret.exists(), 1_i64).otherwise(0_i64)))
        }),
        ("three deep", Runs, {
            let deepest = select_from(third).select(third.id);
            let deeper = select_from(tags_as_docs).filter(tags_as_docs.doc_id.in_(deepest)).select(tags_as_docs.doc_id);
            let deep = select_from(other).filter(other.id.in_(deeper)).select(other.id);
            tree(select_from(tags::table).filter(tags::doc_id.in_(deep)).select((tags::id, tags::label)))
        }),
        ("the name by text", Either, named("docs", None)),
        ("the name in capitals", Either, named("DOCS", Some("docs"))),
        ("a name nobody declared", Refused, named("undeclared", Some("docs"))),
        ("an accent", Refused, named("döcs", Some("docs"))),
        ("an exception in another schema", Refused, named(("elsewhere", "countries"), Some("docs"))),
        ("declared anew", Runs, tree(select_from(again::bare::table))),
        ("text", Refused, sql!("select id, title from docs").statement()),
        ("text in with", Refused, {
            let ast::Statement::Select(mut it) = tree(with(shape::table, docs_of_all()).select_from(shape::table))
            else {
                unreachable!()
            };
            it.with[0].statement = sql!("select id, title from docs").statement();
            ast::Statement::Select(it)
        }),
        ("a subquery in text", Refused, tree(docs_of_all().filter(sql!("1 = (SELECT count(*) FROM docs)")))),
        ("a table in text", Refused, tree(docs_of_all().filter(sql!("exists (table tags)")))),
        ("in a table", Refused, tree(docs_of_all().filter(sql!("({}, 1) In countries", docs::id)))),
        ("text out of its parentheses", Refused, tree(docs_of_all().filter(sql!("1 = 1) or (1 = 1")))),
        ("a comment", Refused, tree(docs_of_all().filter(raw_unchecked("true -- ".into())))),
        ("text that is an or", Runs, tree(docs_of_all().filter(sql!("1 = 1 or 1 = 1")))),
        ("text in its place", Runs, tree(docs_of_all().filter(sql!("lower({}) = {}", docs::title, "mine")))),
        ("a function that reads", Refused, {
            let query = value("select * from docs".to_owned());
            let arguments = (query, value(true), value(true), value(String::new()));
            tree(select_from(countries::table).select(call::<String, _>("query_to_xml", arguments)))
        }),
    ]
}

pub fn writes(spec: &Spec) -> Vec<(&'static str, Then, ast::Statement)> {
    alias!(source = docs);
    let doc = |id: i64, tenant: i64| super::tenants::NewDoc::new(id, tenant, format!("new {id}"), "new");
    let title = || docs::title.to("taken");
    let assign = |column: &str, value: ast::Expr| {
        let ast::Statement::Update(mut it) = tree(update(docs::table).set(title()).all_rows()) else { unreachable!() };
        it.assignments.push(ast::Assignment { column: column.into(), value });
        ast::Statement::Update(it)
    };
    let copied = || select_from(source).select((source.id + 100, source.title, source.title));
    // MySQL and MariaDB know no key by its columns, so these ask for any.
    let upsert = |id| insert_into(docs::table).values(doc(id, 1));
    let upsert = |id| match spec.quote {
        '"' => upsert(id).on_conflict(docs::id).do_update(title()),
        _ => upsert(id).on_duplicate_key_update(title()),
    };
    vec![
        ("update all", Runs, tree(update(docs::table).set(title()).all_rows())),
        ("update another's", Runs, tree(update(docs::table).set(title()).filter(docs::id.eq(7001)))),
        ("update or", Runs, tree(update(docs::table).set(title()).filter(docs::id.gt(0).or(docs::id.le(0))))),
        ("update to another", Refused, tree(update(docs::table).set(docs::tenant_id.to(2)).all_rows())),
        ("update to itself", Runs, tree(update(docs::table).set(docs::tenant_id.to(1)).all_rows())),
        (
            "update by expression",
            Refused,
            tree(update(docs::table).set(docs::tenant_id.to(docs::tenant_id + 1)).all_rows()),
        ),
        ("update in capitals", Refused, assign("TENANT_ID", 2_i64.into())),
        ("update by an accent", Refused, assign("tenant_íd", 2_i64.into())),
        ("update twice", Either, assign("tenant_id", 1_i64.into())),
        ("update by text", Refused, {
            tree(update(docs::table).set(docs::title.to(sql!("'x', tenant_id = 2").typed::<String>())).all_rows())
        }),
        ("update cut off", Refused, {
            let cut = raw_unchecked("'taken'\0".into()).typed::<String>();
            tree(update(docs::table).set(docs::title.to(cut)).all_rows())
        }),
        ("update from", Runs, {
            let from = update(docs::table).from(source).set(docs::title.to(source.title));
            tree(from.filter(source.id.eq(docs::parent_id)))
        }),
        ("update by subquery", Runs, {
            let most = select_from(source).select(source.title.max()).scalar();
            tree(update(tags::table).set(tags::label.to(most.coalesce("none"))).all_rows())
        }),
        ("update returning", Runs, {
            tree(update(docs::table).set(title()).filter(docs::id.gt(0)).returning(docs::title))
        }),
        ("delete all", Runs, tree(delete_from(docs::table).all_rows())),
        ("delete another's", Runs, tree(delete_from(docs::table).filter(docs::tenant_id.eq(2)))),
        ("delete using", Runs, { tree(delete_from(docs::table).using(tags::table).filter(tags::doc_id.eq(docs::id))) }),
        ("delete where in", Runs, {
            let labelled = select_from(tags::table).filter(tags::label.like("secret%")).select(tags::doc_id);
            tree(delete_from(docs::table).filter(docs::id.in_(labelled)))
        }),
        ("delete returning", Runs, tree(delete_from(docs::table).filter(docs::id.gt(0)).returning(docs::title))),
        ("delete by expression", Runs, {
            let taken = delete_from(docs::table).all_rows().returning((docs::id, docs::title));
            tree(with(shape::table, taken).select_from(shape::table))
        }),
        ("insert for another", Refused, tree(insert_into(docs::table).values(doc(9001, 2)))),
        ("insert one of many", Refused, tree(insert_into(docs::table).values([doc(9001, 1), doc(9002, 2)]))),
        ("insert one's own", Runs, tree(insert_into(docs::table).values([doc(50, 1), doc(51, 1)]))),
        ("insert by expression", Refused, {
            let set =
                (docs::id.to(9001), docs::code.to("z"), docs::title.to("z"), docs::tenant_id.to(value(1_i64) + 1));
            tree(insert_into(docs::table).set(set))
        }),
        ("insert without it", Runs, {
            let rows = [(60_i64, "e", "new"), (61, "f", "new")];
            tree(insert_into(docs::table).from_rows((docs::id, docs::code, docs::title), rows))
        }),
        ("insert from another", Runs, {
            tree(insert_into(docs::table).from_select((docs::id, docs::code, docs::title), copied()))
        }),
        ("insert from a union", Runs, {
            let united = copied().union(copied());
            tree(insert_into(docs::table).from_select((docs::id, docs::code, docs::title), united))
        }),
        ("insert from a tenant", Refused, {
            let all = select_from(source).select((source.id + 100, source.tenant_id, source.title, source.title));
            tree(insert_into(docs::table).from_select((docs::id, docs::tenant_id, docs::code, docs::title), all))
        }),
        ("insert another's key", Either, tree(insert_into(docs::table).values(doc(7001, 1)))),
        ("insert or nothing", Runs, tree(insert_into(docs::table).values(doc(7001, 1)).on_conflict_do_nothing())),
        ("insert or nothing returning", Runs, {
            tree(insert_into(docs::table).values(doc(7001, 1)).on_conflict_do_nothing().returning(docs::title))
        }),
        ("upsert another's", Runs, tree(upsert(7001))),
        ("upsert one's own", Runs, tree(upsert(1))),
        ("upsert returning", Runs, tree(upsert(7001).returning(docs::title))),
        ("upsert where", Runs, {
            let row = insert_into(docs::table).values(doc(7001, 1)).on_conflict(docs::id);
            tree(row.do_update_where(title(), docs::tenant_id.eq(2).or(docs::id.gt(0))))
        }),
        ("upsert to another", Refused, {
            let row = insert_into(docs::table).values(doc(1, 1)).on_conflict(docs::id);
            tree(row.do_update(docs::tenant_id.to(2)))
        }),
        ("upsert to excluded", Runs, {
            let row = insert_into(docs::table).values(doc(1, 1)).on_conflict(docs::id);
            tree(row.do_update((docs::tenant_id.excluded(), docs::title.excluded())))
        }),
        ("upsert to another column", Refused, {
            let row = insert_into(docs::table).values(doc(1, 1)).on_conflict(docs::id);
            tree(row.do_update(docs::tenant_id.to(docs::id.excluded_value())))
        }),
        ("declared anew", Runs, tree(update(again::bare::table).set(again::bare::title.to("taken")).all_rows())),
        ("drop", Refused, tree(kysera::schema::drop_table("docs"))),
    ]
}

/// What a statement gives, as text, in an order of its own.
pub async fn outcome(executor: &dyn Executor, statement: &ast::Statement) -> kysera::Result<Vec<String>> {
    let mut rows = executor.fetch(statement.clone().into()).await?;
    let mut found: Vec<String> = rows.iter_mut().map(|row| show(row.values())).collect();
    found.sort();
    Ok(found)
}

/// `Debug` shows no values.
fn show(values: &[kysera::Value]) -> String {
    let shown: Vec<String> = values
        .iter()
        .map(|value| match value {
            kysera::Value::Null(_) => "null".into(),
            kysera::Value::Bool(it) => i64::from(*it).to_string(),
            kysera::Value::I16(it) => it.to_string(),
            kysera::Value::I32(it) => it.to_string(),
            kysera::Value::I64(it) => it.to_string(),
            kysera::Value::Text(it) => it.to_string(),
            other => panic!("show a value that is {}", other.kind()),
        })
        .collect();
    shown.join(" ")
}

/// What an attempt came to where it is not an error of the server's.
async fn attempt(name: &str, then: Then, executor: &dyn Executor, statement: &ast::Statement) -> Option<Vec<String>> {
    match (outcome(executor, statement).await, then) {
        (Ok(_), Refused) => panic!("{name} is not refused"),
        (Ok(found), Runs | Either) => Some(found),
        (Err(error), Refused) => {
            assert!(error.is_invalid() && error.to_string().contains("`row policies`"), "{name}: {error}");
            None
        }
        (Err(error), Runs) if error.is_unsupported() => None,
        (Err(error), Runs) => panic!("{name}: {error}: {:?}", std::error::Error::source(&error)),
        (Err(_), Either) => None,
    }
}

#[test]
fn reading() {
    on_all(async |fresh| {
        let (db, all) = two(fresh).await;
        let db = db.with(Tenant(1));
        let attempts = reads();
        assert!(attempts.len() >= 50);
        let mut given = Vec::new();
        for (name, then, statement) in &attempts {
            given.push(attempt(name, *then, &db, statement).await);
        }
        // In a transaction, a savepoint and on a connection of its own.
        let trx = db.begin().await.unwrap();
        for ((name, then, statement), given) in attempts.iter().zip(&given).filter(|((_, then, _), _)| *then != Either)
        {
            let inner = trx.begin().await.unwrap();
            assert_eq!(&attempt(name, *then, &inner, statement).await, given, "{name}");
            inner.rollback().await.unwrap();
        }
        trx.rollback().await.unwrap();
        let connection = db.acquire().await.unwrap();
        for ((name, then, statement), given) in attempts.iter().zip(&given) {
            assert_eq!(&attempt(name, *then, &connection, statement).await, given, "{name}");
        }
        drop(connection);
        delete_from(docs::table).filter(docs::tenant_id.eq(2)).execute(&all).await.unwrap();
        delete_from(tags::table).filter(tags::tenant_id.eq(2)).execute(&all).await.unwrap();
        for ((name, _, statement), given) in attempts.iter().zip(given) {
            if let Some(given) = given {
                assert_eq!(given, outcome(&all, statement).await.unwrap(), "{name}");
            }
        }
    });
}

#[test]
fn writing() {
    on_all(async |fresh| {
        let (db, all) = two(fresh).await;
        let db = db.with(Tenant(1));
        let attempts = writes(fresh.server.spec());
        assert!(attempts.len() >= 35);
        let before = of_the_other(&all).await;
        for (name, then, statement) in &attempts {
            let given = attempt(name, *then, &db, statement).await.unwrap_or_default();
            assert!(!given.iter().any(|row| row.contains("secret")), "{name} shows {given:?}");
            assert_eq!(of_the_other(&all).await, before, "{name}");
            assert_eq!(count_of_the_other(&all).await, 2, "{name}");
            let copied =
                select_from(docs::table).filter(docs::tenant_id.eq(1)).select(docs::title).fetch_all(&all).await;
            assert!(!copied.unwrap().iter().any(|title| title.contains("secret")), "{name}");
            let labels =
                select_from(tags::table).filter(tags::tenant_id.eq(1)).select(tags::label).fetch_all(&all).await;
            assert!(!labels.unwrap().iter().any(|label| label.contains("secret")), "{name}");
            fill(&all).await.unwrap();
        }
    });
}
