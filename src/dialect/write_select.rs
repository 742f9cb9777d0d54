//! `impl Writer`: `select`, set operations, table references, common table expressions.

use super::lower;
use super::once::Once;
use super::own_target::Reading;
use super::param::Typed;
use super::precedence::Precedence;
use super::spec::{CompoundOperand, NullsOrder, OffsetWithoutLimit, Placeholder, RecursiveLimit, RowLocks};
use super::writer::{Values, Writer};
use crate::ast::{
    AllColumns, Column, Compound, Cte, Derived, Direction, Distinct, Expr, Ident, Join, JoinKind, Nulls, OrderItem,
    Query, Select, SelectExpr, SelectItem, SetOperator, Statement, Table, TableRef,
};
use crate::error::{Error, Result};

#[cold]
fn invalid(message: &'static str) -> Error {
    Error::invalid(message)
}

/// How values are written around the clauses of a `select` that merges rows.
struct Around {
    values: Values,
    once: Option<Box<Once>>,
}

impl<'a> Writer<'a> {
    #[inline]
    pub(super) fn select(&mut self, it: &'a Select) -> Result<()> {
        self.select_with(it, "")
    }

    /// Writes a `select`; `no_filter` stands in place of a missing `where`.
    pub(super) fn select_with(&mut self, it: &'a Select, no_filter: &str) -> Result<()> {
        let Select { with, distinct, columns, from, joins, filter, group_by, having, order_by, limit, offset, lock } =
            it;
        let names_differ = std::mem::take(&mut self.names_differ);
        self.with(with)?;
        self.text(match distinct {
            Distinct::All => "select",
            Distinct::Distinct => "select distinct",
        });
        if columns.is_empty() {
            return Err(invalid("a `select` without columns"));
        }
        if from.len() + joins.len() > 1 || from.is_empty() {
            self.tables_of(from, joins)?;
        }
        let aggregates_before = self.aggregates;
        // Where rows are merged, what is ordered by must be what is selected, parameters included.
        let merged = !group_by.is_empty() || *distinct == Distinct::Distinct;
        let around = if merged { self.merge(it)? } else { None };
        if names_differ && columns.len() > 1 {
            self.columns_of_derived_table(columns)?;
        } else {
            self.list(" ", columns, ", ", Self::select_item)?;
        }
        let values = self.values;
        if let Some(around) = &around {
            self.values = around.values;
        }
        self.list(" from ", from, ", ", Self::table_ref)?;
        self.list(" ", joins, " ", Self::join)?;
        match filter {
            Some(filter) => {
                self.text(" where ");
                self.expr(filter)?;
            }
            None => self.text(no_filter),
        }
        if merged {
            self.values = values;
            self.list(" group by ", group_by, ", ", |writer, it| writer.expr_or_position(it, columns))?;
        }
        self.optional(" having ", having, Self::expr)?;
        if !order_by.is_empty() {
            if *distinct == Distinct::Distinct {
                self.distinct_order(it)?;
            }
            let selected: &[SelectItem] = if merged { columns } else { &[] };
            self.list(" order by ", order_by, ", ", |writer, it| writer.order_item(it, selected))?;
        }
        if let Some(Around { values, once }) = around {
            self.values = values;
            self.once = once;
        }
        let aggregates = self.aggregates > aggregates_before;
        if aggregates || having.is_some() {
            self.check_aggregates(it, aggregates)?;
        }
        self.limit(limit, offset)?;
        if let Some(table) = lock { self.lock(table) } else { Ok(()) }
    }

    /// Begins the clauses of a `select` that merges rows, where equal values are bound once; gives what holds around them.
    #[inline(never)]
    fn merge(&mut self, it: &Select) -> Result<Option<Around>> {
        if !it.group_by.is_empty() && self.spec.placeholder == Placeholder::Question {
            self.grouped_by_values(it)?;
        }
        if self.values != Values::Bound {
            return Ok(None);
        }
        self.values = Values::Once;
        Ok(Some(Around { values: Values::Bound, once: self.once.take() }))
    }

    fn lock(&mut self, table: &'a Ident) -> Result<()> {
        self.text(" for update");
        match self.spec.row_locks {
            RowLocks::OfTable => {
                self.text(" of ");
                self.ident(table)
            }
            RowLocks::OfAll => Ok(()),
            RowLocks::None => {
                self.unsupported("`for update`", "begin a transaction that writes: it has the database alone")
            }
        }
    }

    /// Writes an expression, or its position in the select list where it holds values: a server does not know that
    /// `$1` and `$2` are the same, so it would not take `f(x, $2)` for the selected `f(x, $1)`.
    fn expr_or_position(&mut self, it: &'a Expr, columns: &'a [SelectItem]) -> Result<()> {
        if matches!(it, Expr::Value(_)) {
            return Err(Error::invalid("rows cannot be grouped or ordered by a value; name a column"));
        }
        if matches!(it, Expr::Column(_)) || !lower::holds_values(it) {
            return self.expr(it);
        }
        let mut position = 1;
        for column in columns {
            match column {
                SelectItem::Expr(SelectExpr { expr, alias: _ }) if expr == it => {
                    self.number(position);
                    return Ok(());
                }
                SelectItem::Expr(_) => position += 1,
                SelectItem::AllColumns(AllColumns { table: _, columns }) => position += columns.len(),
            }
        }
        self.expr(it)
    }

    pub(super) fn compound(&mut self, it: &'a Compound) -> Result<()> {
        let Compound { with, operator, operands, order_by, limit, offset } = it;
        if operands.len() < 2 {
            return Err(Error::invalid("a set operation of fewer than two queries"));
        }
        let names_differ = std::mem::take(&mut self.names_differ);
        self.with(with)?;
        self.names_differ = names_differ;
        let separator = match operator {
            SetOperator::Union => " union ",
            SetOperator::UnionAll => " union all ",
            SetOperator::Intersect => " intersect ",
            SetOperator::Except => " except ",
            SetOperator::IntersectAll | SetOperator::ExceptAll if !self.spec.intersect_all => {
                return self.unsupported("`intersect all` and `except all`", "number equal rows by a window function");
            }
            SetOperator::IntersectAll => " intersect all ",
            SetOperator::ExceptAll => " except all ",
        };
        self.list("", operands, separator, Self::compound_operand)?;
        self.list(" order by ", order_by, ", ", |writer, it| writer.order_item(it, &[]))?;
        self.limit(limit, offset)
    }

    /// Writes an operand of a set operation, kept apart where its own clauses would be taken for those of the whole.
    fn compound_operand(&mut self, it: &'a Query) -> Result<()> {
        if let Query::Select(select) = it
            && is_plain(it)
        {
            return self.select(select);
        }
        match self.spec.compound_operand {
            CompoundOperand::ParenthesesWithoutWith if has_with(it) => {
                if !self.spec.outer_reference_in_derived_table && lower::is_correlated(it) {
                    return self.unsupported(
                        "outer column in an operand of a set operation that has a `with`",
                        "put the `with` before the whole statement",
                    );
                }
                self.all_of(it)
            }
            CompoundOperand::Parentheses | CompoundOperand::ParenthesesWithoutWith => {
                self.parentheses(|writer| writer.query(it))
            }
            CompoundOperand::DerivedTable => {
                self.text("select * from ");
                self.parentheses(|writer| writer.query(it))
            }
        }
    }

    pub(super) fn query(&mut self, it: &'a Query) -> Result<()> {
        match it {
            Query::Select(it) => self.select(it),
            Query::Compound(it) => self.compound(it),
        }
    }

    /// Writes a subquery in parentheses.
    pub(super) fn subquery(&mut self, it: &'a Query) -> Result<()> {
        match self.reading_in(it) {
            None => self.parentheses(|writer| writer.query(it)),
            Some(Reading::Derived) => self.wrapped_subquery(it),
            Some(Reading::Refused) => self.refused_reading(),
        }
    }

    /// Writes a subquery after `in`.
    pub(super) fn in_subquery(&mut self, it: &'a Query) -> Result<()> {
        match self.reading_in(it) {
            None if self.spec.limit_in_subquery || !lower::is_limited(it) => {
                self.parentheses(|writer| writer.query(it))
            }
            None | Some(Reading::Derived) => self.wrapped_subquery(it),
            Some(Reading::Refused) => self.refused_reading(),
        }
    }

    /// How a subquery is written that reads the table that the statement writes.
    fn reading_in(&self, it: &Query) -> Option<Reading> {
        self.target.as_ref().and_then(|(own, reading)| own.is_read_in(it).then_some(*reading))
    }

    fn refused_reading(&self) -> Result<()> {
        self.unsupported(
            "subquery on the written table in `returning` or in an `insert` of several rows",
            "read the table by a query of its own, in the same transaction",
        )
    }

    fn wrapped_subquery(&mut self, it: &'a Query) -> Result<()> {
        if !self.spec.outer_reference_in_derived_table && lower::is_correlated(it) {
            return self.unsupported("limit in a correlated subquery", "join the table instead");
        }
        let target = self.target.take();
        self.text("(");
        self.all_of(it)?;
        self.text(")");
        self.target = target;
        Ok(())
    }

    /// Writes a query as all rows of a derived table.
    pub(super) fn all_of(&mut self, it: &'a Query) -> Result<()> {
        self.text("select * from ");
        self.names_differ = true;
        self.parentheses(|writer| writer.query(it))?;
        self.text(" as ");
        self.ident(&Ident::from("kysera_subquery"))
    }

    /// Writes a select list in which a column whose name is taken gets another one.
    #[inline(never)]
    fn columns_of_derived_table(&mut self, columns: &'a [SelectItem]) -> Result<()> {
        let mut taken: Vec<String> = Vec::new();
        let mut is_new = |name: &Ident| {
            let name = name.as_str().to_lowercase();
            let is_new = !taken.contains(&name);
            taken.push(name);
            is_new
        };
        let mut number = 0;
        for item in columns {
            match item {
                SelectItem::Expr(SelectExpr { expr, alias }) => {
                    self.text(if number == 0 { " " } else { ", " });
                    number += 1;
                    self.expr(expr)?;
                    match (alias, expr) {
                        (Some(alias), _) if is_new(alias) => {
                            self.text(" as ");
                            self.ident(alias)?;
                        }
                        (None, Expr::Column(column)) if is_new(&column.name()) => {}
                        (Some(_) | None, _) => self.numbered_alias(number),
                    }
                }
                SelectItem::AllColumns(AllColumns { table, columns }) => {
                    for column in *columns {
                        self.text(if number == 0 { " " } else { ", " });
                        number += 1;
                        let name = Ident::Static(column.name);
                        self.column(&Column::new(table.clone(), column.name))?;
                        if !is_new(&name) {
                            self.numbered_alias(number);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn numbered_alias(&mut self, number: usize) {
        self.text(" as kysera_");
        self.number(number);
    }

    /// Writes the common table expressions before a statement.
    pub(super) fn with(&mut self, with: &'a [Cte]) -> Result<()> {
        if with.is_empty() {
            return Ok(());
        }
        self.text("with ");
        self.ctes(with)
    }

    pub(super) fn ctes(&mut self, with: &'a [Cte]) -> Result<()> {
        self.withs += 1;
        if with.iter().any(|cte| cte.recursive) {
            self.text("recursive ");
        }
        self.list("", with, ", ", Self::cte)?;
        self.text(" ");
        Ok(())
    }

    fn cte(&mut self, it: &'a Cte) -> Result<()> {
        let Cte { name, columns, recursive, statement } = it;
        let writes = match statement {
            Statement::Select(_) | Statement::Compound(_) | Statement::Raw(_) => false,
            Statement::Insert(_) | Statement::Update(_) | Statement::Delete(_) => true,
            Statement::CreateTable(_) | Statement::DropTable(_) | Statement::RowSecurity(_) => {
                return Err(Error::invalid("a definition cannot be a common table expression"));
            }
        };
        if writes && !self.spec.data_modifying_with {
            return self.unsupported("`with` that writes", "run the statements one after the other in a transaction");
        }
        if let (true, Statement::Compound(compound)) = (recursive, statement) {
            self.recursion(compound)?;
        }
        self.ident(name)?;
        if !columns.is_empty() {
            self.list(" (", columns, ", ", Self::ident)?;
            self.text(")");
        }
        self.text(" as ");
        self.parentheses(|writer| writer.statement(statement))
    }

    /// Refuses what a recursive common table expression cannot have.
    fn recursion(&self, it: &Compound) -> Result<()> {
        let Compound { with: _, operator: _, operands, order_by, limit, offset } = it;
        // SQLite has one, and takes it for the order in which it goes on, not for that of the rows.
        if !order_by.is_empty() {
            return self.unsupported("order of a recursive `with`", "order the query that reads it");
        }
        match self.spec.recursive_limit {
            RecursiveLimit::OfAll if !operands.iter().skip(1).all(is_plain) => self.unsupported(
                "order, limit or set operation in the step of a recursive `with`",
                "filter the step by a column that counts the steps",
            ),
            RecursiveLimit::OfStep if limit.is_some() || offset.is_some() => self.unsupported(
                "limit of a recursive `with`",
                "limit the query that reads it, and filter the step by a column that counts the steps",
            ),
            RecursiveLimit::OfAll | RecursiveLimit::OfStep => Ok(()),
        }
    }

    #[inline]
    pub(super) fn select_item(&mut self, it: &'a SelectItem) -> Result<()> {
        match it {
            SelectItem::Expr(SelectExpr { expr, alias: None }) => self.expr(expr),
            SelectItem::Expr(SelectExpr { expr, alias: Some(alias) }) => {
                self.expr(expr)?;
                self.text(" as ");
                self.ident(alias)
            }
            SelectItem::AllColumns(all) => self.all_columns(all),
        }
    }

    fn all_columns(&mut self, it: &'a AllColumns) -> Result<()> {
        let AllColumns { table, columns } = it;
        for (at, column) in columns.iter().enumerate() {
            self.text(if at == 0 { "" } else { ", " });
            self.column(&Column::new(table.clone(), column.name))?;
        }
        Ok(())
    }

    #[inline]
    pub(super) fn table_ref(&mut self, it: &'a TableRef) -> Result<()> {
        match it {
            TableRef::Table(it) => self.table(it),
            TableRef::Derived(Derived { query, alias }) => {
                if !self.spec.outer_reference_in_derived_table && lower::is_correlated(query) {
                    return self.unsupported("outer column in a derived table", "join the table instead");
                }
                self.parentheses(|writer| writer.query(query))?;
                self.text(" as ");
                self.ident(alias)
            }
        }
    }

    #[inline]
    pub(super) fn table(&mut self, it: &'a Table) -> Result<()> {
        let Table { name, alias } = it;
        self.table_name(name)?;
        self.optional(" as ", alias, Self::ident)
    }

    fn join(&mut self, it: &'a Join) -> Result<()> {
        let Join { kind, table, on } = it;
        self.text(match kind {
            JoinKind::Inner => "inner join ",
            JoinKind::Left => "left join ",
            JoinKind::Right => "right join ",
            JoinKind::Full if !self.spec.full_join => {
                return self.unsupported("`full join`", "unite a left join with the rows that only the right side has");
            }
            JoinKind::Full => "full join ",
            JoinKind::Cross => "cross join ",
        });
        self.table_ref(table)?;
        match (kind, on) {
            (JoinKind::Cross, None) => Ok(()),
            (JoinKind::Cross, Some(_)) => Err(Error::invalid("a cross join has no condition")),
            (_, None) => Err(Error::invalid("a join without a condition; a cross join has none")),
            (_, Some(on)) => {
                self.text(" on ");
                self.closed(on, Typed::No)
            }
        }
    }

    fn order_item(&mut self, it: &'a OrderItem, selected: &'a [SelectItem]) -> Result<()> {
        let OrderItem { expr, direction, nulls } = it;
        let nulls = match (nulls, self.spec.nulls_order) {
            (Nulls::Default, _) => "",
            // It comes there anyway, and an index is not used for an order that has it said by an expression.
            (Nulls::First | Nulls::Last, NullsOrder::Expression)
                if (*nulls == Nulls::Last) == self.spec.null_is.last(*direction) =>
            {
                ""
            }
            (Nulls::First, NullsOrder::Words) => " nulls first",
            (Nulls::Last, NullsOrder::Words) => " nulls last",
            (Nulls::First | Nulls::Last, NullsOrder::Expression) => {
                // `order by 1 is null` would order by a constant, and `a + ? is null` is not the selected `a + ?`.
                if !selected.is_empty() && lower::holds_values(expr) {
                    return self.unsupported(
                        "`nulls first` and `nulls last` of an expression with values on merged rows",
                        "select it in a derived table, and order that by its column",
                    );
                }
                self.operand(expr, Precedence::Loose, Typed::No)?;
                self.text(if *nulls == Nulls::First { " is not null, " } else { " is null, " });
                ""
            }
        };
        self.expr_or_position(expr, selected)?;
        self.text(match direction {
            Direction::Ascending => "",
            Direction::Descending => " desc",
        });
        self.text(nulls);
        Ok(())
    }

    #[inline]
    fn limit(&mut self, limit: &'a Option<Expr>, offset: &'a Option<Expr>) -> Result<()> {
        if let (None, Some(_), OffsetWithoutLimit::NeedsLimit(all)) = (limit, offset, self.spec.offset_without_limit) {
            self.text(" limit ");
            self.text(all);
        }
        self.optional(" limit ", limit, Self::typed_expr)?;
        self.optional(" offset ", offset, Self::typed_expr)
    }
}

/// Whether a query has common table expressions of its own.
fn has_with(it: &Query) -> bool {
    match it {
        Query::Select(it) => !it.with.is_empty(),
        Query::Compound(it) => !it.with.is_empty(),
    }
}

/// Whether an operand of a set operation has no clauses that would be taken for those of the whole.
fn is_plain(it: &Query) -> bool {
    match it {
        Query::Select(it) => {
            it.with.is_empty()
                && it.order_by.is_empty()
                && it.limit.is_none()
                && it.offset.is_none()
                && it.lock.is_none()
        }
        Query::Compound(_) => false,
    }
}
