//! What a statement does, and to which table.

use std::fmt;

use super::{Query, Statement, TableName, TableRef};

/// What a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// It reads: a query, or several united.
    Select,
    /// It inserts, or updates what was there.
    Insert,
    /// It updates.
    Update,
    /// It deletes.
    Delete,
    /// It creates or drops something.
    Define,
    /// It is text, of which nobody knows.
    Text,
}

/// As an error says it: `insert`.
impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Select => "select",
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Define => "definition",
            Self::Text => "text",
        })
    }
}

impl Statement {
    /// What the statement does. One whose common table expressions write, and which itself reads, reads.
    #[must_use]
    pub const fn operation(&self) -> Operation {
        match self {
            Self::Select(_) | Self::Compound(_) => Operation::Select,
            Self::Insert(_) => Operation::Insert,
            Self::Update(_) => Operation::Update,
            Self::Delete(_) => Operation::Delete,
            Self::CreateTable(_) | Self::DropTable(_) | Self::RowSecurity(_) => Operation::Define,
            Self::Raw(_) => Operation::Text,
        }
    }

    /// Whether rows come of it. Of text nobody knows.
    pub(crate) fn gives_rows(&self) -> Option<bool> {
        match self {
            Self::Select(_) | Self::Compound(_) => Some(true),
            Self::Insert(it) => Some(!it.returning.is_empty()),
            Self::Update(it) => Some(!it.returning.is_empty()),
            Self::Delete(it) => Some(!it.returning.is_empty()),
            Self::CreateTable(_) | Self::DropTable(_) | Self::RowSecurity(_) => Some(false),
            Self::Raw(_) => None,
        }
    }

    /// The table that is written or defined, or the first one that is read.
    #[must_use]
    pub fn table(&self) -> Option<&TableName> {
        match self {
            Self::Select(it) => first(&it.from),
            Self::Compound(it) => it.operands.first().and_then(first_of),
            Self::Insert(it) => Some(&it.into),
            Self::Update(it) => Some(&it.table.name),
            Self::Delete(it) => Some(&it.from.name),
            Self::CreateTable(it) => Some(&it.name),
            Self::DropTable(it) => Some(&it.name),
            Self::RowSecurity(it) => Some(&it.table),
            Self::Raw(_) => None,
        }
    }
}

fn first(from: &[TableRef]) -> Option<&TableName> {
    match from.first()? {
        TableRef::Table(table) => Some(&table.name),
        TableRef::Derived(_) => None,
    }
}

/// A loop, because queries may nest deeper than the stack.
fn first_of(mut query: &Query) -> Option<&TableName> {
    loop {
        match query {
            Query::Select(it) => return first(&it.from),
            Query::Compound(it) => query = it.operands.first()?,
        }
    }
}
