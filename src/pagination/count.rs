//! How many rows a query gives.

use super::Parts;
use super::base::{ROWS, columns_of_query, cte, select_from};
use super::plain::{Aggregates, holds_text, is_plain};
use super::statement::item;
use crate::ast::{
    self, Aggregate, Distinct, Expr, OrderList, Quantifier, Query, Select, SelectExpr, SelectItem, Shared, Span,
};
use crate::error::{Error, Result};
use crate::executor::{Executor, Request};
use crate::value::Value;

/// Counts the rows of a query.
pub(super) async fn fetch<R>(parts: &Parts<R>, executor: &dyn Executor) -> Result<u64> {
    let request = Request::Annotated(statement(parts.query.clone()), parts.metadata.clone());
    let mut rows = executor.fetch(request).await?;
    let row = rows.iter_mut().next().ok_or_else(Error::not_found)?;
    number(row.values().last())
}

/// A count as a server gives it.
pub(super) fn number(value: Option<&Value>) -> Result<u64> {
    let number = match value {
        Some(Value::I64(it)) => u64::try_from(*it).ok(),
        Some(Value::I32(it)) => u64::try_from(*it).ok(),
        _ => None,
    };
    number.ok_or_else(|| Error::decode("count(*)", "a number of rows", "no such number"))
}

/// `select count(*) from ..` of the query's tables, where its rows are theirs; else of the query, without its order and without
/// columns that make no difference.
pub(super) fn statement(query: Query) -> ast::Statement {
    let (with, rows) = match query {
        Query::Select(select) => {
            let mut select = select.into_inner();
            select.lock = None;
            if is_plain(&select, &[], Aggregates::Possible) {
                select.columns = [count(Span::Group)].into_iter().collect();
                select.order_by = OrderList::new();
                return select.into();
            }
            if select.limit.is_none() && select.offset.is_none() {
                select.order_by = OrderList::new();
                // Text may be the name of a column of the result.
                let names_columns = select.group_by.iter().chain(&select.having).any(holds_text);
                if select.distinct == Distinct::All && !select.group_by.is_empty() && !names_columns {
                    select.columns = select.group_by.iter().cloned().map(item).collect();
                }
            }
            (std::mem::take(&mut select.with), Query::Select(select.into()))
        }
        Query::Compound(compound) => {
            let mut compound = compound.into_inner();
            if compound.limit.is_none() && compound.offset.is_none() {
                compound.order_by = OrderList::new();
            }
            (std::mem::take(&mut compound.with), Query::Compound(compound.into()))
        }
    };
    let width = columns_of_query(&rows).len();
    let mut select: Select = select_from(ROWS, 0);
    select.with = with;
    select.with.push(cte(ROWS, rows.into(), width));
    select.columns.push(count(Span::Group));
    select.into()
}

/// `count(*)`, or `count(*) over ()`.
pub(super) fn count(span: Span) -> SelectItem {
    let count = Aggregate {
        name: "count".into(),
        quantifier: Quantifier::All,
        arguments: Vec::new(),
        filter: None,
        span,
        result: None,
    };
    SelectItem::Expr(SelectExpr { expr: Expr::Aggregate(Shared::new(count)), alias: None })
}
