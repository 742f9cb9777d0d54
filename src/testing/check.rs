//! What a plugin makes of a statement, compared with what it should.

use std::fmt::Write as _;
use std::sync::Arc;

use super::nowhere::Nowhere;
use crate::ast::{Expr, Select, SelectExpr, SelectItem};
use crate::db::Db;
use crate::dialect::{self, Compiled, MARIADB, MYSQL, POSTGRES, SQLITE, Spec};
use crate::error::Result;
use crate::executor::Source;
use crate::plugin::{Added, Plugin};
use crate::query::Statement;
use crate::value::Value;

/// The SQL of a statement in every dialect, and what is bound to it. Where a dialect refuses the statement, its text begins
/// with `error: ` and goes on as the error does.
#[derive(Clone, Copy, Debug)]
pub struct Sql<'a> {
    /// On PostgreSQL.
    pub postgres: &'a str,
    /// On MySQL.
    pub mysql: &'a str,
    /// On MariaDB.
    pub mariadb: &'a str,
    /// On SQLite.
    pub sqlite: &'a str,
    /// The values, in the order of their placeholders.
    pub params: &'a [Value],
}

/// Compares what a plugin makes of a query with what it should, in every dialect. Values that travel with the query reach
/// the plugin, and so do the other plugins of the query. Nothing is sent anywhere.
///
/// ```
/// use kysera::Value;
/// use kysera::plugin::RowPolicies;
/// use kysera::prelude::*;
/// use kysera::testing::{Sql, check_plugin};
///
/// # #[derive(Table)]
/// # #[table(name = "notes")]
/// # pub struct Note { #[column(primary_key, generated)] id: i64, tenant_id: i64 }
/// struct Tenant(i64);
///
/// check_plugin(
///     RowPolicies::new().tenant("tenant_id", |tenant: &Tenant| tenant.0.into()),
///     select_from(notes::table).select(notes::id).with(Tenant(7)),
///     Sql {
///         postgres: r#"select "notes"."id" from "notes" where "notes"."tenant_id" = $1"#,
///         mysql: "select `notes`.`id` from `notes` where `notes`.`tenant_id` = ?",
///         mariadb: "select `notes`.`id` from `notes` where `notes`.`tenant_id` = ?",
///         sqlite: r#"select "notes"."id" from "notes" where "notes"."tenant_id" = ?1"#,
///         params: &[Value::I64(7)],
///     },
/// );
/// ```
///
/// # Panics
///
/// Where there is a difference. It shows both texts with a mark below the first character that differs, and the values, which
/// are those of a test.
#[track_caller]
#[allow(clippy::panic, reason = "it is an assertion")]
pub fn check_plugin(plugin: impl Plugin, query: impl Statement, expected: Sql<'_>) {
    let Sql { postgres, mysql, mariadb, sqlite, params } = expected;
    let plugin: Arc<dyn Plugin> = Arc::new(plugin);
    let mut report = String::new();
    for (spec, sql) in [(&POSTGRES, postgres), (&MYSQL, mysql), (&MARIADB, mariadb), (&SQLITE, sqlite)] {
        match compile(&plugin, &query, spec) {
            Ok(found) => {
                compare(spec, sql, &found.sql, &mut report);
                if found.params != params {
                    _ = writeln!(report, "{}: bound is {}", spec.name, shown(&found.params));
                    _ = writeln!(report, "{}, and expected is {}", spec.name, shown(params));
                }
            }
            Err(error) => compare(spec, sql, &format!("error: {error}"), &mut report),
        }
    }
    if !report.is_empty() {
        panic!("the plugin `{}` makes something else of the query\n{report}", plugin.name());
    }
}

fn compile(plugin: &Arc<dyn Plugin>, query: &impl Statement, spec: &'static Spec) -> Result<Compiled> {
    let db = Db::with_driver(Nowhere(spec)).build()?;
    let metadata = query.metadata().with(Added(Arc::clone(plugin)));
    let (compiled, _) = db.pipeline().compile(query.tree().into(), &metadata, db.metadata())?;
    Ok(compiled)
}

/// Adds to a report how two texts differ.
fn compare(spec: &Spec, expected: &str, found: &str, report: &mut String) {
    if expected == found {
        return;
    }
    let same = expected.chars().zip(found.chars()).take_while(|(one, other)| one == other).count();
    _ = writeln!(report, "{}:", spec.name);
    _ = writeln!(report, "  expected: {expected}");
    _ = writeln!(report, "  found:    {found}");
    _ = writeln!(report, "            {:same$}^", "");
}

/// Values as they can be read, each with its kind.
fn shown(values: &[Value]) -> String {
    let shown = |value: &Value| {
        let item = SelectItem::Expr(SelectExpr { expr: Expr::Value(value.clone()), alias: None });
        let select = Select { columns: std::iter::once(item).collect(), ..Select::default() };
        match dialect::debug_sql(&select.into(), &POSTGRES) {
            Ok(sql) => format!("{} ({})", sql.trim_start_matches("select "), value.kind()),
            Err(_) => format!("{value:?}"),
        }
    };
    format!("[{}]", values.iter().map(shown).collect::<Vec<_>>().join(", "))
}
