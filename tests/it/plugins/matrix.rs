//! Every shape of statement through every plugin that filters or renames tables, on every server, on rows where a missed
//! table shows.
//!
//! What must come out is not written down: it is what the same statement does, without plugins, in a database that has
//! nothing but the rows that the plugin shows.

mod missed;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use kysera::ast::{Column, Conflict, ConflictAction, Expr, Statement, TableName};
use kysera::executor::{Access, Request};
use kysera::plugin::{Context, Plugin, RowPolicies, SoftDelete, WithSchema};
use kysera::prelude::*;
use kysera::schema::create_table_for;
use kysera::{Error, Value};

use super::lacks::lacks;
use super::shapes::{Copy, Item, Mark, NewCopy, NewItem, NewMark, copies, items, marks, shapes};
use crate::support::servers::{Fresh, Server, on_all};

fn hidden_since() -> DateTime<Utc> {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

const HIDDEN_ITEMS: [i64; 2] = [3, 4];
const HIDDEN_MARKS: [i64; 3] = [3, 4, 6];

/// Which rows a database has.
#[derive(Clone, Copy, PartialEq)]
enum Rows {
    /// Those that a plugin shows, and those that it hides: of another tenant, and deleted.
    All,
    /// Those that a plugin shows.
    Visible,
}

pub async fn create(db: &Db) {
    create_table_for::<Item>().execute(db).await.unwrap();
    create_table_for::<Mark>().execute(db).await.unwrap();
    create_table_for::<Copy>().execute(db).await.unwrap();
}

/// Puts the tables into the state that each shape begins with.
async fn refill(db: &Db, rows: Rows) {
    let tenant = |hidden| if hidden { 2 } else { 1 };
    let deleted_at = |hidden: bool| hidden.then(hidden_since);
    let item = |id, parent_id, kind: &str, hidden| NewItem {
        parent_id,
        deleted_at: deleted_at(hidden),
        ..NewItem::new(id, tenant(hidden), kind)
    };
    let mark =
        |id, item_id, hidden| NewMark { deleted_at: deleted_at(hidden), ..NewMark::new(id, tenant(hidden), item_id) };
    let items_and_hidden = [
        (item(1, Some(4), "a", false), false),
        (item(2, None, "b", false), false),
        (item(3, Some(2), "a", true), true),
        (item(4, None, "z", true), true),
        (item(5, Some(2), "a", false), false),
        (item(6, None, "d", false), false),
    ];
    let marks_and_hidden = [
        (mark(1, 1, false), false),
        (mark(2, 3, false), false),
        (mark(3, 5, true), true),
        (mark(4, 2, true), true),
        (mark(5, 5, false), false),
        (mark(6, 4, true), true),
    ];
    delete_from(items::table).all_rows().execute(db).await.unwrap();
    delete_from(marks::table).all_rows().execute(db).await.unwrap();
    delete_from(copies::table).all_rows().execute(db).await.unwrap();
    let shown = |hidden: bool| rows == Rows::All || !hidden;
    let new: Vec<_> = items_and_hidden.into_iter().filter(|it| shown(it.1)).map(|it| it.0).collect();
    insert_into(items::table).values(new).execute(db).await.unwrap();
    let new: Vec<_> = marks_and_hidden.into_iter().filter(|it| shown(it.1)).map(|it| it.0).collect();
    insert_into(marks::table).values(new).execute(db).await.unwrap();
    // A key is taken by a row that nobody sees, too.
    let new = [1, 2].map(|id| NewCopy { tenant_id: Some(id), ..NewCopy::new(id, 1) });
    insert_into(copies::table).values(new).execute(db).await.unwrap();
}

/// What a statement did: its rows, sorted where it does not say in which order, or how many it changed.
async fn done(db: &Db, statement: &Statement) -> Result<Vec<String>, Error> {
    let (gives_rows, sorted) = match statement {
        Statement::Select(it) => (true, it.order_by.is_empty()),
        Statement::Compound(it) => (true, it.order_by.is_empty()),
        Statement::Insert(it) => (!it.returning.is_empty(), true),
        Statement::Update(it) => (!it.returning.is_empty(), true),
        Statement::Delete(it) => (!it.returning.is_empty(), true),
        Statement::CreateTable(_) | Statement::DropTable(_) | Statement::RowSecurity(_) | Statement::Raw(_) => {
            (false, true)
        }
    };
    if !gives_rows {
        let outcome = db.execute(Request::Statement(statement.clone())).await?;
        return Ok(vec![format!("{} rows", outcome.rows_affected)]);
    }
    let mut rows = db.fetch(Request::Statement(statement.clone())).await?;
    let mut shown: Vec<String> =
        rows.iter_mut().map(|row| row.values().iter().map(shown).collect::<Vec<_>>().join(" ")).collect();
    let names = rows.columns().iter().map(|column| column.name.as_str());
    // Servers call an expression by its text, or by none of it.
    let is_name = |name: &&str| name.chars().all(|it| it.is_ascii_lowercase() || it == '_');
    let names = names.filter(is_name).collect::<Vec<_>>().join(" ");
    if sorted {
        shown.sort();
    }
    shown.push(names);
    Ok(shown)
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null(_) => "null".into(),
        Value::Bool(it) => it.to_string(),
        Value::I16(it) => it.to_string(),
        Value::I32(it) => it.to_string(),
        Value::I64(it) => it.to_string(),
        Value::F64(it) => it.to_string(),
        Value::Decimal(it) | Value::Text(it) => it.to_string(),
        other => format!("{:?}", other.kind()),
    }
}

/// The rows that a plugin shows, as a statement that passes it by finds them afterwards.
async fn shown_rows(db: &Db) -> Vec<String> {
    let mut found = Vec::new();
    let q = select_from(items::table).filter(items::deleted_at.is_null().and(items::tenant_id.eq(1))).select((
        items::id,
        items::parent_id,
        items::kind,
    ));
    found.extend(q.fetch_all(db).await.unwrap().into_iter().map(|row| format!("item {row:?}")));
    let q = select_from(marks::table)
        .filter(marks::deleted_at.is_null().and(marks::tenant_id.eq(1)))
        .select((marks::id, marks::item_id));
    found.extend(q.fetch_all(db).await.unwrap().into_iter().map(|row| format!("mark {row:?}")));
    let q = select_from(copies::table).filter(copies::deleted_at.is_null()).select((copies::id, copies::note));
    found.extend(q.fetch_all(db).await.unwrap().into_iter().map(|row| format!("copy {row:?}")));
    found.sort();
    found
}

/// The rows that a plugin hides.
async fn hidden_rows(db: &Db) -> (Vec<Item>, Vec<Mark>) {
    let items = select_from(items::table).filter(items::id.in_(HIDDEN_ITEMS)).order_by(items::id);
    let marks = select_from(marks::table).filter(marks::id.in_(HIDDEN_MARKS)).order_by(marks::id);
    (items.fetch_all(db).await.unwrap(), marks.fetch_all(db).await.unwrap())
}

/// The keys of all rows.
async fn keys(db: &Db) -> BTreeSet<(&'static str, i64)> {
    let mut keys = BTreeSet::new();
    keys.extend(
        select_from(items::table).select(items::id).fetch_all(db).await.unwrap().into_iter().map(|id| ("item", id)),
    );
    keys.extend(
        select_from(marks::table).select(marks::id).fetch_all(db).await.unwrap().into_iter().map(|id| ("mark", id)),
    );
    keys.extend(
        select_from(copies::table).select(copies::id).fetch_all(db).await.unwrap().into_iter().map(|id| ("copy", id)),
    );
    keys
}

/// A plugin on a database.
pub struct Tested {
    pub name: &'static str,
    pub plugged: Db,
    /// The same database without the plugin. It has the hidden rows.
    pub plain: Db,
    /// The schema in which what the plugin shows lies, if that is elsewhere, and a database that has it.
    pub elsewhere: Option<(String, Db)>,
    pub upserts: Upserts,
    pub deletes: Deletes,
}

/// Where rows are that were deleted.
#[derive(Clone, Copy, PartialEq)]
pub enum Deletes {
    Gone,
    StillThere,
}

/// What an upsert does to a row that has the key already and is hidden otherwise.
#[derive(Clone, Copy, PartialEq)]
pub enum Upserts {
    Update,
    PassBy,
}

impl Upserts {
    /// The statement without the plugin. It says of itself which rows it passes by.
    fn said(self, mut statement: Statement) -> Statement {
        if self == Self::PassBy
            && let Statement::Insert(insert) = &mut statement
            && let Some(Conflict { target: _, action: ConflictAction::Update { assignments: _, filter } }) =
                &mut insert.conflict
        {
            let own = Expr::Column(Column::new(Some("copies".into()), "tenant_id")).equals(1_i64);
            Expr::restrict(filter, own);
        }
        statement
    }
}

/// Runs all shapes.
///
/// `refuses` tells what the plugin may refuse that a server would do without it. What the dialect has not, `lacks` tells.
pub async fn run_all(fresh: &Fresh, tested: &Tested, oracle: &Fresh, refuses: impl Fn(Server, &str) -> bool) {
    let Tested { name, plugged, plain, elsewhere, upserts, deletes } = tested;
    let server = fresh.server;
    let written = elsewhere.as_ref().map_or(plain, |(_, elsewhere)| elsewhere);
    let schema = elsewhere.as_ref().map_or(schema_of(fresh), |(schema, _)| schema);
    let (mut mistakes, mut done_by_both, mut is_stale) = (Vec::new(), 0, true);
    for (shape, of_oracle) in shapes(schema).into_iter().zip(shapes(schema_of(oracle))) {
        let place = format!("{} on {} through {name}", shape.name, server.name());
        let writes = Access::of(&shape.statement) != Access::Read;
        // What only reads leaves the rows to the next one.
        if is_stale {
            refill(plain, Rows::All).await;
            refill(&oracle.db, Rows::Visible).await;
            if elsewhere.is_some() {
                refill(written, Rows::Visible).await;
            }
        }
        is_stale = writes;
        let hidden = hidden_rows(plain).await;
        let before = keys(plain).await;
        let said = if refuses(server, &shape.name) { Upserts::Update } else { *upserts };
        let expected = done(&oracle.db, &said.said(of_oracle.statement)).await;
        let found = done(plugged, &shape.statement).await;
        let why = lacks(server, &shape.name);
        let mistake = match (&expected, &found) {
            // A soft delete is an update, which may have what a delete has not.
            (Err(_), Ok(_)) if why.is_some() && matches!(shape.statement, Statement::Delete(_)) => None,
            (Ok(_), _) | (_, Ok(_)) if why.is_some() => Some("it is lacked no more".to_owned()),
            (Ok(_), Ok(_)) if refuses(server, &shape.name) => Some("it is refused no more".to_owned()),
            (Ok(expected), Ok(found)) => (expected != found).then(|| format!("{found:?} is not {expected:?}")),
            (Ok(_), Err(error)) if refuses(server, &shape.name) && (error.is_unsupported() || error.is_invalid()) => {
                None
            }
            (Ok(_), Err(error)) => Some(format!("{error}: {:?}", std::error::Error::source(error))),
            (Err(error), _) if why.is_none() => Some(format!("it is an error without the plugin: {error}")),
            (Err(error), Ok(_)) => Some(format!("it is an error only without the plugin: {error}")),
            (Err(_), Err(_)) => None,
        };
        mistakes.extend(mistake.map(|mistake| format!("{place}: {mistake}")));
        done_by_both += usize::from(expected.is_ok() && found.is_ok());
        if hidden_rows(plain).await != hidden {
            mistakes.push(format!("{place}: a hidden row was changed"));
        }
        if *deletes == Deletes::StillThere && !before.is_subset(&keys(plain).await) {
            mistakes.push(format!("{place}: a row was really deleted"));
        }
        if writes && expected.is_ok() && found.is_ok() && shown_rows(written).await != shown_rows(&oracle.db).await {
            mistakes.push(format!("{place}: what was written differs"));
        }
    }
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
    println!("{name} on {}: {done_by_both} shapes", server.name());
    assert!(done_by_both >= 60, "{done_by_both} shapes are too few");
}

/// What the tables of a database may be named by, besides their names.
pub fn schema_of(fresh: &Fresh) -> &str {
    if fresh.server == Server::Sqlite { "main" } else { fresh.name() }
}

/// Runs all shapes through a plugin that hides rows of the same tables.
fn hiding<P: Plugin>(
    name: &'static str,
    plugin: impl Fn() -> P,
    handle: impl Fn(Db) -> Db,
    upserts: Upserts,
    deletes: Deletes,
    refuses: impl Fn(Server, &str) -> bool,
) {
    on_all(async |fresh| {
        let oracle = Fresh::new(fresh.server).await;
        create(&oracle.db).await;
        create(&fresh.db).await;
        let plugged = Db::builder(fresh.url.clone()).plugin(plugin()).connect().await.unwrap();
        let tested =
            Tested { name, plugged: handle(plugged), plain: fresh.db.clone(), elsewhere: None, upserts, deletes };
        run_all(fresh, &tested, &oracle, &refuses).await;
        oracle.drop().await;
    });
}

#[test]
fn soft_deletes_miss_no_table() {
    hiding(
        "soft delete",
        SoftDelete::new,
        |db| db,
        Upserts::Update,
        Deletes::StillThere,
        |server, shape| {
            // Its updates return nothing, and a soft delete is one.
            server == Server::Mariadb && shape.starts_with("delete returning")
        },
    );
}

struct Tenant(i64);

#[test]
fn row_policies_miss_no_table() {
    let plugin = || RowPolicies::new().tenant::<Tenant>("tenant_id", |tenant| tenant.0.into());
    hiding("row policies", plugin, |db| db.with(Tenant(1)), Upserts::PassBy, Deletes::Gone, updates_any);
}

/// Whether a shape may update a row of another tenant, which cannot be passed by where an upsert has no `where`.
fn updates_any(server: Server, shape: &str) -> bool {
    matches!(server, Server::Mysql9 | Server::Mariadb)
        && matches!(shape, "upsert, any key" | "upsert of a query, any key")
}

/// Puts `app_` before the name of every table.
struct Prefix;

impl Plugin for Prefix {
    fn name(&self) -> &str {
        "prefix"
    }

    fn transform(&self, mut statement: Statement, _: &Context<'_>) -> kysera::Result<Statement> {
        statement.rename_tables(|table| {
            let TableName { schema, name } = table.name();
            let name = format!("app_{}", name.as_str()).into();
            Ok(Some(TableName { schema: schema.clone(), name }))
        })?;
        Ok(statement)
    }
}

/// All shapes, where no table has the name that the statement says.
#[test]
fn prefixes_miss_no_table() {
    on_all(async |fresh| {
        let oracle = Fresh::new(fresh.server).await;
        create(&oracle.db).await;
        let plugged = Db::builder(fresh.url.clone()).plugin(Prefix).connect().await.unwrap();
        create(&plugged).await;
        let elsewhere = Some((schema_of(fresh).to_owned(), plugged.clone()));
        let tested = Tested {
            name: "prefix",
            plugged: plugged.clone(),
            plain: plugged,
            elsewhere,
            upserts: Upserts::Update,
            deletes: Deletes::Gone,
        };
        run_all(fresh, &tested, &oracle, |_, _| false).await;
        oracle.drop().await;
    });
}

#[test]
fn schemas_miss_no_table() {
    on_all(async |fresh| {
        let oracle = Fresh::new(fresh.server).await;
        create(&oracle.db).await;
        let other = Fresh::new(fresh.server).await;
        let name = "with schema";
        let (plugged, elsewhere) = if fresh.server == Server::Sqlite {
            // In memory there is one connection, which has the schema.
            let plugged = Db::builder("sqlite::memory:").plugin(WithSchema::new("other")).connect().await.unwrap();
            let plain = plugged.without_plugin(name).unwrap();
            plain.batch("attach ':memory:' as other").await.unwrap();
            (plugged.clone(), plugged)
        } else {
            let plugin = WithSchema::new(other.name());
            (Db::builder(fresh.url.clone()).plugin(plugin).connect().await.unwrap(), other.db.clone())
        };
        let plain = plugged.without_plugin(name).unwrap();
        create(&plain).await;
        create(&elsewhere).await;
        let schema = if fresh.server == Server::Sqlite { "other" } else { other.name() };
        let tested = Tested {
            name,
            plugged,
            plain,
            elsewhere: Some((schema.to_owned(), elsewhere)),
            upserts: Upserts::Update,
            deletes: Deletes::Gone,
        };
        run_all(fresh, &tested, &oracle, |_, _| false).await;
        oracle.drop().await;
        other.drop().await;
    });
}
