//! A query that pages are taken of, and the order that they are taken in.

use std::mem;

use super::key;
use super::plain::{Aggregates, grouped_by, is_of_many, is_plain, makes_rows};
use super::term::Term;
use crate::ast::{
    self, Column, Compound, Cte, Distinct, Expr, Ident, OrderItem, Query, Select, SelectExpr, SelectItem, Table,
    TableName, TableRef,
};
use crate::error::{Error, Result};
use crate::expr::OrderedValues;
use crate::expr::scope::Scoped;
use crate::query::{columns_of, name_of, name_ordered};
use crate::value::Kind;

/// The name of a query that is not read as it stands.
pub(super) const ROWS: &str = "kysera_rows";

/// A query without order and limit, and an order that no two of its rows are the same in.
#[derive(Clone, Debug)]
pub(super) struct Base {
    /// The common table expressions before it.
    pub(super) with: Vec<Cte>,
    /// The query. Its columns are those that were asked for, and then those terms of the order that are none of them.
    pub(super) select: Select,
    pub(super) terms: Vec<Term>,
    /// Which column each term is.
    pub(super) places: Vec<usize>,
    /// Whether its rows are those of its tables, so that a condition on them is one on those.
    pub(super) is_plain: bool,
}

/// A term as it is given.
pub(super) type Given = (OrderItem, OrderedValues);

impl Base {
    /// `order` comes from outside of the query, or is that of the query itself. `is_total` is the program's word that it tells
    /// all rows apart. Where there may be `aggregates`, the rows are not taken for those of the tables.
    pub(super) fn new(
        query: Query,
        tables: &[Scoped],
        order: Vec<Given>,
        is_total: bool,
        aggregates: Aggregates,
    ) -> Result<Self> {
        match query {
            Query::Select(select) => {
                let select = select.into_inner();
                if select.lock.is_some() {
                    return Err(Error::invalid("a query that locks its rows has no pages"));
                }
                if is_plain(&select, &order, aggregates) {
                    Self::plain(select, tables, order, is_total)
                } else {
                    Self::of_select(select, tables, order, is_total)
                }
            }
            Query::Compound(compound) => Self::of_compound(compound.into_inner(), order, is_total),
        }
    }

    fn plain(mut select: Select, tables: &[Scoped], order: Vec<Given>, is_total: bool) -> Result<Self> {
        let mut columns = one_by_one(&mut select);
        let mut terms = terms(order, &columns, tables)?;
        if !is_total {
            terms.extend(key::missing(&select, tables, &terms)?);
        }
        let places = terms.iter().map(|term| place_of(&term.expr, &mut columns, true)).collect::<Result<_>>()?;
        select.columns = columns.into_iter().map(SelectItem::Expr).collect();
        Ok(Self { with: mem::take(&mut select.with), select, terms, places, is_plain: true })
    }

    /// Of a query that makes rows of its own, in an expression before it: by group, once each, up to a limit.
    fn of_select(mut select: Select, tables: &[Scoped], order: Vec<Given>, is_total: bool) -> Result<Self> {
        let mut columns = one_by_one(&mut select);
        let mut terms = terms(order, &columns, tables)?;
        let is_distinct = select.distinct == Distinct::Distinct;
        if !is_total {
            let mut exprs = columns.iter().map(|column| &column.expr).chain(terms.iter().map(|term| &term.expr));
            if let (false, Some(name)) = (is_distinct, exprs.find_map(makes_rows)) {
                return Err(Error::invalid(format!(
                    "`{name}` makes several rows of one, which have its key all, so that a page might lose some of them; order \
                     by what tells them apart, and say so by `.order_is_total()`"
                )));
            }
            let more = if is_distinct {
                unknown(columns.iter().map(|column| column.expr.clone()), &terms)
            } else if !select.group_by.is_empty() {
                unknown(select.group_by.iter().map(|expr| grouped_by(expr, &columns)), &terms)
            } else if select.having.is_some() || columns.iter().any(|column| is_of_many(&column.expr)) {
                Vec::new()
            } else {
                limit_the_same_rows(&mut select, &columns, tables)?;
                key::missing(&select, tables, &terms)?
            };
            terms.extend(more);
        }
        let places = terms.iter().map(|term| place_of(&term.expr, &mut columns, !is_distinct));
        let places = places.collect::<Result<Vec<_>>>()?;
        let width = columns.len();
        select.columns = columns.into_iter().map(SelectItem::Expr).collect();
        if select.limit.is_none() && select.offset.is_none() {
            select.order_by.clear();
        }
        let with = mem::take(&mut select.with);
        Ok(Self::of_rows(with, Query::Select(select.into()), terms, places, width))
    }

    /// Of a set operation. Its rows are told apart by all of their columns; where some are there several times, it does not
    /// matter which of them is on which page.
    fn of_compound(mut compound: Compound, order: Vec<Given>, is_total: bool) -> Result<Self> {
        let columns = columns_of_query(&Query::Compound(compound.clone().into()));
        let width = columns.len();
        let (mut terms, mut places) = (Vec::new(), Vec::new());
        for given in order {
            let term = Term::new(given, |_| true);
            let Expr::Column(column) = &term.expr else {
                return Err(Error::invalid("a set operation is ordered by columns of its result, by `output(..)`"));
            };
            places.push(named(&columns, &column.name())?);
            terms.push(term);
        }
        for at in (0..width).filter(|at| !is_total && !places.contains(at)).collect::<Vec<_>>() {
            let direction = terms.last().map_or_else(Default::default, |term| term.direction);
            let (expr, nulls) = (Expr::Now, Default::default());
            terms.push(Term { expr, direction, nulls, nullable: true, kind: Kind::Unknown });
            places.push(at);
        }
        if compound.limit.is_none() && compound.offset.is_none() {
            compound.order_by.clear();
        }
        let with = mem::take(&mut compound.with);
        Ok(Self::of_rows(with, Query::Compound(compound.into()), terms, places, width))
    }

    fn of_rows(mut with: Vec<Cte>, rows: Query, mut terms: Vec<Term>, places: Vec<usize>, width: usize) -> Self {
        for (term, place) in terms.iter_mut().zip(&places) {
            term.expr = column_of(ROWS, *place);
        }
        with.push(cte(ROWS, rows.into(), width));
        Self { with, select: select_from(ROWS, width), terms, places, is_plain: false }
    }
}

/// `name (column_1, ..) as (statement)`
pub(super) fn cte(name: &str, mut statement: ast::Statement, width: usize) -> Cte {
    let columns: Vec<_> = (0..width).map(column_name).collect();
    name_ordered(&mut statement, &columns);
    Cte { name: name.into(), columns, recursive: false, statement }
}

/// `select column_1, .. from name`, of such an expression.
pub(super) fn select_from(name: &str, width: usize) -> Select {
    let columns = (0..width).map(|at| SelectItem::Expr(SelectExpr { expr: column_of(name, at), alias: None }));
    let table = Table { name: TableName { schema: None, name: name.into() }, alias: None };
    Select { columns: columns.collect(), from: [TableRef::Table(table)].into_iter().collect(), ..Select::default() }
}

pub(super) fn column_of(table: &str, at: usize) -> Expr {
    Expr::Column(Column::new(Some(table.into()), column_name(at)))
}

pub(super) fn column_name(at: usize) -> Ident {
    Ident::from(format!("column_{}", at + 1))
}

/// Where a query has a limit, the order that it has within tells its rows apart too: which of those that are the same in it are
/// the first so many would else be another question for each page.
fn limit_the_same_rows(select: &mut Select, columns: &[SelectExpr], tables: &[Scoped]) -> Result<()> {
    if select.limit.is_some() || select.offset.is_some() {
        let own = select.order_by.iter().map(|item| (item.clone(), OrderedValues::UNKNOWN)).collect();
        let missing = key::missing(select, tables, &terms(own, columns, tables)?)?;
        select.order_by.extend(missing.iter().map(Term::order_item));
    }
    Ok(())
}

/// Takes the columns out of a query, each by itself.
fn one_by_one(select: &mut Select) -> Vec<SelectExpr> {
    mem::take(&mut select.columns).into_iter().flat_map(columns_of).collect()
}

/// The columns of a query's result.
pub(super) fn columns_of_query(query: &Query) -> Vec<SelectExpr> {
    match query {
        Query::Select(select) => select.columns.iter().cloned().flat_map(columns_of).collect(),
        Query::Compound(compound) => compound.operands.first().map(columns_of_query).unwrap_or_default(),
    }
}

/// The terms of an order. One by the name of a column of the result is by that column.
fn terms(order: Vec<Given>, columns: &[SelectExpr], tables: &[Scoped]) -> Result<Vec<Term>> {
    let by_column = |(mut item, values): Given| {
        if let Expr::Column(column) = &item.expr
            && column.table().is_none()
        {
            item.expr = columns[named(columns, &column.name())?].expr.clone();
        }
        Ok(Term::new((item, values), |expr| key::is_left_empty(expr, tables)))
    };
    order.into_iter().map(by_column).collect()
}

fn named(columns: &[SelectExpr], name: &Ident) -> Result<usize> {
    let found = columns.iter().position(|column| name_of(column).as_ref() == Some(name));
    found.ok_or_else(|| Error::invalid(format!("no column of the result is called `{}`", name.as_str())))
}

/// The terms by which rows are told apart that were made of others, of which no more is known.
fn unknown(columns: impl Iterator<Item = Expr>, terms: &[Term]) -> Vec<Term> {
    let direction = terms.last().map_or_else(Default::default, |term| term.direction);
    let missing = columns.filter(|expr| !terms.iter().any(|term| term.expr == *expr));
    let term = |expr| Term { expr, direction, nulls: Default::default(), nullable: true, kind: Kind::Unknown };
    missing.map(term).collect()
}

/// Which column an expression is. It is one more if it is none yet, unless that makes other rows.
fn place_of(expr: &Expr, columns: &mut Vec<SelectExpr>, may_add: bool) -> Result<usize> {
    if let Some(place) = columns.iter().position(|column| column.expr == *expr) {
        return Ok(place);
    }
    if !may_add {
        return Err(Error::invalid("rows that are given once are ordered by what is selected"));
    }
    columns.push(SelectExpr { expr: expr.clone(), alias: None });
    Ok(columns.len() - 1)
}
