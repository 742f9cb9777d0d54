//! The same join twice is one join.

use super::{Context, LeaveOut, Plugin};
use crate::ast::{Join, Node, Select, Statement, VisitMut};
use crate::error::{Error, Result};

/// Joins a table once where a query joins it several times in the same way: parts of a program that each add the join they
/// need can then add it without asking whether another part has done so.
///
/// Joins are the same where all of them is: what is joined, under which name, the kind of the join, and the condition, as it
/// was built. Of several, the first stays. Two joins of one name that differ are an error which names it, because dropping
/// either would change the rows; without the plugin too, two tables of a query need two names. Two of one table under different
/// names are two joins.
///
/// It runs before the plugins that filter tables, which then find each once. A plugin of the database that adds joins has a
/// [priority](Plugin::priority) above 150, so that its joins are among those that are looked at, and filtered; one that a query
/// brings along runs before in any case. All queries are looked at, wherever they stand.
///
/// ```
/// use kysera::ast::{self, Join, JoinKind, TableRef};
/// use kysera::plugin::DeduplicateJoins;
/// use kysera::prelude::*;
/// use kysera::testing::{Sql, check_plugin};
///
/// # #[derive(Table)]
/// # #[table(name = "users")]
/// # pub struct User { #[column(primary_key, generated)] id: i64 }
/// # #[derive(Table)]
/// # #[table(name = "posts")]
/// # pub struct Post { #[column(primary_key, generated)] id: i64, user_id: i64 }
/// // A part of the program that adds the join it needs, for a query that has it already.
/// struct WithUsers;
///
/// impl kysera::plugin::Plugin for WithUsers {
///     fn name(&self) -> &str {
///         "with users"
///     }
///
///     fn transform(&self, mut statement: ast::Statement, _: &kysera::plugin::Context<'_>) -> Result<ast::Statement> {
///         if let ast::Statement::Select(select) = &mut statement {
///             let on = ast::Expr::Column(ast::Column::new(Some("users".into()), "id"))
///                 .equals(ast::Expr::Column(ast::Column::new(Some("posts".into()), "user_id")));
///             let table = TableRef::Table(ast::Table { name: "users".into(), alias: None });
///             select.joins.push(Join { kind: JoinKind::Inner, table, on: Some(on) });
///         }
///         Ok(statement)
///     }
/// }
///
/// let q = select_from(posts::table).inner_join(users::table, users::id.eq(posts::user_id)).select(posts::id);
/// let once = r#"select "posts"."id" from "posts" inner join "users" on "users"."id" = "posts"."user_id""#;
/// check_plugin(
///     DeduplicateJoins,
///     q.plugin(WithUsers),
///     Sql { postgres: once, mysql: &once.replace('"', "`"), mariadb: &once.replace('"', "`"), sqlite: once, params: &[] },
/// );
/// ```
///
/// # Errors
///
/// Where a query has two joins of one name that differ.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeduplicateJoins;

impl Plugin for DeduplicateJoins {
    fn name(&self) -> &str {
        "deduplicate joins"
    }

    fn priority(&self) -> i32 {
        150
    }

    fn transform(&self, mut statement: Statement, _: &Context<'_>) -> Result<Statement> {
        statement.accept_mut(&mut Once)?;
        Ok(statement)
    }
}

#[diagnostic::do_not_recommend]
impl LeaveOut for DeduplicateJoins {}

struct Once;

impl VisitMut for Once {
    fn visit_select(&mut self, node: &mut Select) -> Result<()> {
        node.walk_mut(self)?;
        let joins = &mut node.joins;
        let mut at = 1;
        while at < joins.len() {
            let earlier = joins[..at].iter().find(|it| it.table.name() == joins[at].table.name());
            match earlier {
                None => at += 1,
                Some(earlier) if *earlier == joins[at] => _ = joins.remove(at),
                Some(earlier) => return Err(differ(earlier, &joins[at])),
            }
        }
        Ok(())
    }
}

fn differ(one: &Join, other: &Join) -> Error {
    let name = one.table.name().as_str();
    let Join { kind, table, on: _ } = one;
    let what = if *table != other.table {
        "what they join"
    } else if *kind != other.kind {
        "their kind"
    } else {
        "their condition"
    };
    Error::invalid(format!("two joins are named `{name}` and differ in {what}; give one another name by `alias!`"))
}
