//! What the subqueries of a statement see of the table that it writes.
//!
//! They are to see it as it was before the statement. Servers that write row by row let a subquery that is run late see
//! the rows written so far, without a word; so each way to read the table is written in a shape that is known to be
//! run before, or refused.

use super::lower::{self, finds, found, is_correlated};
use super::spec::{InsertReads, ReadOwnTarget};
use super::writer::Writer;
use crate::ast::{
    Assignment, Binary, BinaryOperator, Cast, Cte, Derived, Exists, Expr, Ident, InQuery, Insert, InsertSource, IsNull,
    Like, Node, Query, Raw, Table, TableName, TableRef, Unary, Visit,
};
use crate::error::Result;

/// The names by which the subqueries of a statement can read the table that it writes.
pub(super) struct OwnTarget<'a> {
    table: &'a TableName,
    /// The common table expressions that read it.
    ctes: Vec<&'a Ident>,
}

impl<'a> OwnTarget<'a> {
    pub(super) fn new(table: &'a TableName, with: &'a [Cte]) -> Self {
        let mut own = Self { table, ctes: Vec::new() };
        for cte in with {
            if own.is_read_in(&cte.statement) {
                own.ctes.push(&cte.name);
            }
        }
        own
    }

    fn is(&self, name: &TableName) -> bool {
        name == self.table || (name.schema.is_none() && self.ctes.contains(&&name.name))
    }

    /// Whether a subquery reads the table.
    pub(super) fn is_read_in(&self, node: &impl Node) -> bool {
        struct Finder<'a>(&'a OwnTarget<'a>);
        impl Visit for Finder<'_> {
            fn visit_table(&mut self, table: &Table) -> Result<()> {
                if self.0.is(&table.name) { found() } else { Ok(()) }
            }
        }
        finds(node, Finder(self))
    }

    /// Whether a subquery reads the table, or text of the program's author names it.
    fn is_named_in(&self, expr: &Expr) -> bool {
        struct Finder<'a>(&'a OwnTarget<'a>);
        impl Visit for Finder<'_> {
            fn visit_raw(&mut self, raw: &Raw) -> Result<()> {
                let names = std::iter::once(&self.0.table.name).chain(self.0.ctes.iter().copied());
                if names.into_iter().any(|name| lower::mentions(raw, name)) { found() } else { raw.walk(self) }
            }
        }
        self.is_read_in(expr) || finds(expr, Finder(self))
    }

    /// Whether a subquery reads the table where its server puts rows aside at the first need: in a derived table, a
    /// common table expression, or a limited query after `in`, which is written as a derived table.
    fn is_read_aside_in(&self, expr: &Expr) -> bool {
        struct Finder<'a>(&'a OwnTarget<'a>);
        impl Finder<'_> {
            fn aside(&self, node: &impl Node) -> Result<()> {
                if self.0.is_read_in(node) { found() } else { Ok(()) }
            }
        }
        impl Visit for Finder<'_> {
            fn visit_derived(&mut self, derived: &Derived) -> Result<()> {
                self.aside(derived)
            }

            fn visit_cte(&mut self, cte: &Cte) -> Result<()> {
                self.aside(cte)
            }

            fn visit_in_query(&mut self, it: &InQuery) -> Result<()> {
                if lower::is_limited(&it.query) { self.aside(&it.query) } else { it.walk(self) }
            }
        }
        finds(expr, Finder(self))
    }

    /// Whether no subquery reads the table, or only one that is run before the first row is written: it gives the same
    /// for every row, and every row that is written needs it. What stands behind a condition, or after an operand that
    /// is `null`, may not be needed by the first.
    fn is_read_first_in(&self, mut expr: &Expr) -> bool {
        // A loop, because trees may be deeper than the stack.
        loop {
            let (first, later) = match expr {
                Expr::Subquery(query) => return self.is_read_first_by(query),
                Expr::Exists(it) => {
                    let Exists { negated: _, query } = &**it;
                    return self.is_read_first_by(query);
                }
                Expr::InQuery(it) => {
                    let InQuery { negated: _, value, query } = &**it;
                    (value, self.is_read_in(query))
                }
                Expr::Unary(it) => {
                    let Unary { operator: _, operand } = &**it;
                    (operand, false)
                }
                Expr::Binary(it) => {
                    let Binary { left, operator: _, right } = &**it;
                    (left, self.is_read_in(right))
                }
                Expr::Like(it) => {
                    let Like { negated: _, left, pattern, escape: _ } = &**it;
                    (left, self.is_read_in(pattern))
                }
                Expr::Cast(it) => {
                    let Cast { value, data_type: _ } = &**it;
                    (value, false)
                }
                Expr::IsNull(it) => {
                    let IsNull { negated: _, value } = &**it;
                    (value, false)
                }
                Expr::Call(it) => match it.arguments.split_first() {
                    Some((first, rest)) => (first, rest.iter().any(|it| self.is_read_in(it))),
                    None => return true,
                },
                Expr::Column(_)
                | Expr::Value(_)
                | Expr::And(_)
                | Expr::Or(_)
                | Expr::Rows(_)
                | Expr::Between(_)
                | Expr::In(_)
                | Expr::Case(_)
                | Expr::Aggregate(_)
                | Expr::Excluded(_)
                | Expr::Now
                | Expr::Raw(_) => return !self.is_read_in(expr),
            };
            if later {
                return false;
            }
            expr = first;
        }
    }

    fn is_read_first_by(&self, query: &Query) -> bool {
        !self.is_read_in(query) || !is_correlated(query)
    }

    /// The same of a filter. A row is written where all its conditions are true, so none of them has a `null` beside
    /// what it compares.
    fn is_read_first_in_filter(&self, filter: &Expr) -> bool {
        match filter {
            Expr::And(all) => all.iter().all(|it| self.is_read_first_in_condition(it)),
            condition => self.is_read_first_in_condition(condition),
        }
    }

    fn is_read_first_in_condition(&self, condition: &Expr) -> bool {
        match condition {
            Expr::Binary(it) if !it.operator.is_arithmetic() && it.operator != BinaryOperator::Concat => {
                let Binary { left, operator: _, right } = &**it;
                self.is_read_first_in(left) && self.is_read_first_in(right)
            }
            Expr::InQuery(it) => {
                let InQuery { negated: _, value, query } = &**it;
                self.is_read_first_by(query) && self.is_read_first_in(value)
            }
            other => self.is_read_first_in(other),
        }
    }
}

/// How the written table can be read in the part of the statement that is being written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// In a derived table.
    Derived,
    /// Not at all.
    Refused,
}

/// What an `update` needs so that its subqueries see the table as it was.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    Nothing,
    /// That the new values are made before the first is written, which an `update .. from` does.
    From,
}

/// A part of an `insert` that may hold subqueries.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum InsertPart {
    Values,
    Conflict,
}

impl<'a> Writer<'a> {
    /// Finds what an `update` or `delete` needs so that its subqueries see the table as it was, or refuses it.
    pub(super) fn own_target(
        &self,
        own: &OwnTarget<'a>,
        assignments: &'a [Assignment],
        filter: Option<&'a Expr>,
        using: &'a [TableRef],
    ) -> Result<Needs> {
        let values = || assignments.iter().map(|it| &it.value);
        let any = |is: fn(&OwnTarget<'a>, &Expr) -> bool| values().chain(filter).any(|it| is(own, it));
        let late_is_wrong = match self.spec.read_own_target {
            ReadOwnTarget::AsItWas => false,
            ReadOwnTarget::AsItWasByFrom => {
                return Ok(if any(OwnTarget::is_named_in) { Needs::From } else { Needs::Nothing });
            }
            ReadOwnTarget::AsItWasOutsideDerivedTables if !using.is_empty() && any(|own, it| own.is_read_in(it)) => {
                return self.unsupported(
                    "subquery on the written table in a `delete` with other tables",
                    "filter by `in`, without other tables",
                );
            }
            ReadOwnTarget::AsItWasOutsideDerivedTables => any(OwnTarget::is_read_aside_in),
            ReadOwnTarget::InDerivedTable => true,
        };
        let first =
            || values().all(|it| own.is_read_first_in(it)) && filter.is_none_or(|it| own.is_read_first_in_filter(it));
        if late_is_wrong && !first() {
            return self.unsupported(
                "subquery on the written table that depends on the row, or on what stands before it",
                "filter by `in` of a query that joins the table to itself, or read first, in the same transaction",
            );
        }
        Ok(Needs::Nothing)
    }

    /// How the subqueries of an `update` or `delete` are written.
    pub(super) fn reading(&self) -> Option<Reading> {
        (self.spec.read_own_target == ReadOwnTarget::InDerivedTable).then_some(Reading::Derived)
    }

    /// How those of an `insert` are written.
    pub(super) fn reading_of_insert(&self, it: &Insert, part: InsertPart) -> Option<Reading> {
        let one_row = match &it.source {
            InsertSource::Values(values) => values.values.len() == it.columns.len(),
            InsertSource::Default => true,
            InsertSource::Query(_) => false,
        };
        match (self.spec.insert_reads, part) {
            (InsertReads::AsItWas, _) | (InsertReads::AsItWasInValues, InsertPart::Values) => None,
            (InsertReads::AsItWasInValues | InsertReads::AsItIs, _) if one_row => self.reading(),
            (InsertReads::AsItWasInValues | InsertReads::AsItIs, _) => Some(Reading::Refused),
        }
    }

    /// How those of `returning` are written: a server that writes row by row may give what it has written so far.
    pub(super) fn reading_of_returning(&self) -> Option<Reading> {
        (self.spec.read_own_target != ReadOwnTarget::AsItWas).then_some(Reading::Refused)
    }
}
