//! No query without a limit.

use super::{Context, LeaveOut, Plugin, functions};
use crate::ast::{Call, Expr, Node, Raw, Select, SelectItem, Span, Statement, Visit};
use crate::error::{Error, Result};
use crate::value::Value;

/// Refuses queries that have no `limit`, or a larger one than this; one that is computed by the server counts as none.
/// One that counts or sums up all its rows gives a single one, and needs none, unless a function beside that may give rows; and the row more that is read to know whether
/// there is another page is not counted. Queries within others, text, other values for a
/// [compiled](crate::executor::Precompiled) query and what `returning` gives are not looked at.
///
/// A query that is known to give few rows leaves it out by [`without`](crate::query::Statement::without).
///
/// ```
/// use kysera::plugin::RequireLimit;
/// use kysera::prelude::*;
/// # use kysera::Db;
/// # #[derive(Debug, Table)]
/// # #[table(name = "users")]
/// # pub struct User { #[column(primary_key, generated)] id: i64 }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> kysera::Result<()> {
/// let db = Db::builder("sqlite::memory:").plugin(RequireLimit::new(1000)).connect().await?;
/// # kysera::schema::create_table_for::<User>().execute(&db).await?;
/// assert!(select_from(users::table).fetch_all(&db).await.unwrap_err().is_invalid());
/// assert!(select_from(users::table).limit(1000).fetch_all(&db).await?.is_empty());
/// assert!(select_from(users::table).without::<RequireLimit>().fetch_all(&db).await?.is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RequireLimit {
    max: u64,
}

/// Travels with a query of which one row more is read than is given, to know that there is another.
pub(crate) struct OneMore;

impl RequireLimit {
    /// At most so many rows.
    #[must_use]
    pub const fn new(max: u64) -> Self {
        Self { max }
    }
}

impl Plugin for RequireLimit {
    fn name(&self) -> &str {
        "require limit"
    }

    /// Last of all: it must see what is sent.
    fn priority(&self) -> i32 {
        i32::MIN
    }

    fn transform(&self, statement: Statement, context: &Context<'_>) -> Result<Statement> {
        let limit = match &statement {
            Statement::Select(it) if gives_one_row(it) => return Ok(statement),
            Statement::Select(it) => &it.limit,
            Statement::Compound(it) => &it.limit,
            Statement::Insert(_)
            | Statement::Update(_)
            | Statement::Delete(_)
            | Statement::CreateTable(_)
            | Statement::DropTable(_)
            | Statement::RowSecurity(_)
            | Statement::Raw(_) => return Ok(statement),
        };
        let one_more = u64::from(context.get::<OneMore>().is_some());
        match limit.as_ref().map(count) {
            Some(Some(count)) if count.saturating_sub(one_more) <= self.max => Ok(statement),
            Some(Some(_)) => Err(Error::invalid(format!("a query gives at most {} rows here, {WAY_OUT}", self.max))),
            Some(None) => {
                Err(Error::invalid(format!("the `limit` here is a number, and at most {}, {WAY_OUT}", self.max)))
            }
            None => Err(Error::invalid(format!("a query needs a `limit` here, of at most {}, {WAY_OUT}", self.max))),
        }
    }
}

/// How a query that gives few rows for another reason passes.
const WAY_OUT: &str = "or says `.without::<RequireLimit>()`";

/// Whether a query makes one row of all, such as by `count(*)`. Beside an aggregate, a function may still give many.
fn gives_one_row(select: &Select) -> bool {
    let is_of_all = |item: &SelectItem| match item {
        SelectItem::Expr(it) => matches!(&it.expr, Expr::Aggregate(it) if it.span == Span::Group),
        SelectItem::AllColumns(_) => false,
    };
    let Select { columns, order_by, group_by, .. } = select;
    let gives_one_each = || columns.accept(&mut OneValueEach).and_then(|()| order_by.accept(&mut OneValueEach)).is_ok();
    group_by.is_empty() && columns.iter().any(is_of_all) && gives_one_each()
}

/// Passes through what gives one value for each row: no function that may give rows, as `generate_series` does, and no text.
struct OneValueEach;

impl Visit for OneValueEach {
    fn visit_call(&mut self, node: &Call) -> Result<()> {
        match functions::gives_one_value(node.schema.as_ref(), &node.name) {
            true => node.walk(self),
            false => Err(Error::invalid("a function may give rows")),
        }
    }

    fn visit_raw(&mut self, _: &Raw) -> Result<()> {
        Err(Error::invalid("text may give rows"))
    }
}

/// A limit that is known before the query runs. One below zero is none to some servers.
fn count(limit: &Expr) -> Option<u64> {
    match limit {
        Expr::Value(Value::I16(it)) => u64::try_from(*it).ok(),
        Expr::Value(Value::I32(it)) => u64::try_from(*it).ok(),
        Expr::Value(Value::I64(it)) => u64::try_from(*it).ok(),
        _ => None,
    }
}

#[diagnostic::do_not_recommend]
impl LeaveOut for RequireLimit {}
