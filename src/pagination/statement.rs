//! The statement that reads a page from a place on.

use super::base::{Base, column_name, cte, select_from};
use super::count::count;
use super::ranges::{self, Position, Runs};
use super::term::Term;
use crate::ast::{
    self, BinaryOperator, Compound, Cte, Exists, Expr, OrderItem, Query, Select, SelectExpr, SelectItem, SetOperator,
    Shared, Span,
};
use crate::dialect::{Spec, Stretches};
use crate::value::Value;

/// What is read of a query: up to `limit` rows from a place on, or from the beginning.
#[derive(Clone, Debug)]
pub(super) struct Reading<'a> {
    pub(super) base: &'a Base,
    pub(super) spec: &'a Spec,
    /// The terms of its order, in the direction in which it is read.
    pub(super) terms: Vec<Term>,
    pub(super) position: Option<&'a Position>,
    /// Whether it is to be told if there is a row that does not come after the place.
    pub(super) looks_back: bool,
    pub(super) limit: i64,
}

impl Reading<'_> {
    /// The statement. Each row has the columns of [`Base::select`], and, where it looks back, as the last one whether the query
    /// has a row that does not come after the place.
    pub(super) fn statement(&self) -> ast::Statement {
        let (before, is_there) = self.rows_before();
        let stretches = self.stretches_after();
        match <[Expr; 1]>::try_from(stretches) {
            Ok([only]) => self.one_stretch(Some(only), before, is_there),
            Err(none) if none.is_empty() && self.position.is_none() => self.one_stretch(None, before, is_there),
            Err(several) if several.is_empty() || !self.is_one_by_one() => {
                let condition = self.together(several, &self.terms, self.position);
                self.one_stretch(Some(condition), before, is_there)
            }
            Err(several) => self.one_by_one(several, before, is_there),
        }
    }

    /// The statement that tells whether the query has a row that does not come after the place.
    pub(super) fn rows_before_alone(&self) -> ast::Statement {
        let (before, is_there) = self.rows_before();
        let columns = is_there.into_iter().map(item).collect();
        let with = self.base.with.iter().cloned().chain(before).collect();
        Select { with, columns, limit: Some(number(1)), ..Select::default() }.into()
    }

    fn stretches_after(&self) -> Vec<Expr> {
        self.position.map(|it| self.stretches(&self.terms, it)).unwrap_or_default()
    }

    fn stretches(&self, terms: &[Term], position: &Position) -> Vec<Expr> {
        let runs = match self.spec.stretches {
            Stretches::TermByTerm if self.is_one_by_one() => Runs::OfOneTerm,
            Stretches::TermByTerm | Stretches::OneByOne | Stretches::Together => Runs::OfManyTerms,
        };
        let mut stretches = ranges::after(terms, position, self.spec.null_is, runs);
        if let ([only], false) = (stretches.as_mut_slice(), self.spec.index_among_nulls) {
            *only = ranges::not_of_null_alone(std::mem::replace(only, Expr::Now), terms, position);
        }
        stretches
    }

    /// Whether stretches are read one after the other. Where an expression comes before the query, there is no index of them.
    fn is_one_by_one(&self) -> bool {
        self.base.is_plain && self.base.with.is_empty() && self.spec.stretches != Stretches::Together
    }

    /// One condition for several stretches, with what an index can begin at.
    fn together(&self, stretches: Vec<Expr>, terms: &[Term], position: Option<&Position>) -> Expr {
        let bound = match self.spec.stretches {
            Stretches::OneByOne | Stretches::TermByTerm => {
                position.and_then(|it| ranges::bound(terms, it, self.spec.null_is))
            }
            Stretches::Together => None,
        };
        let any = ranges::together(stretches);
        match bound {
            Some(bound) => bound.and(any),
            None => any,
        }
    }

    fn order(&self) -> impl Iterator<Item = OrderItem> {
        self.terms.iter().map(Term::order_item)
    }

    fn one_stretch(&self, condition: Option<Expr>, before: Vec<Cte>, is_there: Option<Expr>) -> ast::Statement {
        let mut select = self.stretch(condition, number(self.limit));
        select.with = self.base.with.iter().cloned().chain(before).collect();
        select.columns.extend(is_there.map(item));
        select.into()
    }

    fn stretch(&self, condition: Option<Expr>, limit: Expr) -> Select {
        let mut select = self.base.select.clone();
        if let Some(condition) = condition {
            Expr::restrict(&mut select.filter, condition);
        }
        select.order_by = self.order().collect();
        select.limit = Some(limit);
        select
    }

    /// ```sql
    /// with first as (select .. where a = 1 and b < 2 order by a, b desc limit 20),
    ///      second as (select .. where a > 1 order by a, b desc limit 20 - (select count(*) from first))
    /// select .. from first union all select .. from second order by a, b desc limit 20
    /// ```
    ///
    /// A stretch is read as far as those before it left room, so that no more rows are read than are given.
    fn one_by_one(&self, stretches: Vec<Expr>, before: Vec<Cte>, is_there: Option<Expr>) -> ast::Statement {
        let width = self.base.select.columns.len();
        let mut with = before;
        let (mut operands, mut left) = (Vec::new(), number(self.limit));
        for (at, condition) in stretches.into_iter().enumerate() {
            let name = format!("kysera_stretch_{}", at + 1);
            with.push(cte(&name, self.stretch(Some(condition), left.clone()).into(), width));
            left = Expr::binary(left, BinaryOperator::Subtract, count_of(&name));
            let mut operand = select_from(&name, width);
            operand.columns.extend(is_there.clone().map(item));
            operands.push(Query::Select(operand.into()));
        }
        let by_column = self.order().zip(&self.base.places).map(|(item, place)| {
            let column = ast::Column::new(None, column_name(*place));
            OrderItem { expr: Expr::Column(column), ..item }
        });
        Compound {
            with,
            operator: SetOperator::UnionAll,
            operands,
            order_by: by_column.collect(),
            limit: Some(number(self.limit)),
            offset: None,
        }
        .into()
    }

    /// The rows that do not come after the place, at most one of each stretch, and whether there is one.
    ///
    /// They are looked for in the direction of the page, so that an index that cannot be read backwards is enough.
    fn rows_before(&self) -> (Vec<Cte>, Option<Expr>) {
        let Some(Position { values, inclusive }) = self.position.filter(|_| self.looks_back) else {
            return (Vec::new(), None);
        };
        let position = Position { values: values.clone(), inclusive: !inclusive };
        let reversed: Vec<_> = self.terms.iter().cloned().map(Term::reversed).collect();
        let mut stretches = self.stretches(&reversed, &position);
        if !self.is_one_by_one() && stretches.len() > 1 {
            stretches = vec![self.together(stretches, &reversed, Some(&position))];
        }
        let (mut with, mut is_there) = (Vec::new(), Vec::new());
        for (at, condition) in stretches.into_iter().enumerate() {
            let name = format!("kysera_before_{}", at + 1);
            let mut row = self.stretch(Some(condition), number(1));
            row.columns.truncate(1);
            with.push(cte(&name, row.into(), 1));
            let query = Query::Select(select_from(&name, 1).into());
            is_there.push(Expr::Exists(Shared::new(Exists { negated: false, query })));
        }
        (with, Some(ranges::together(is_there)))
    }
}

/// `(select count(*) from name)`
fn count_of(name: &str) -> Expr {
    let mut select = select_from(name, 0);
    select.columns.push(count(Span::Group));
    Expr::Subquery(Query::Select(select.into()))
}

pub(super) fn item(expr: Expr) -> SelectItem {
    SelectItem::Expr(SelectExpr { expr, alias: None })
}

pub(super) fn number(number: i64) -> Expr {
    Expr::Value(Value::I64(number))
}
