//! What a statement may say of deleted rows.

use crate::ast::TableName;
use crate::plugin::reach::{is_among, names};

/// Which rows a statement means, of tables with soft deletes: a value that travels with it.
///
/// [`SoftDelete::include_deleted`](super::SoftDelete::include_deleted) and [`SoftDelete::only_deleted`](super::SoftDelete::only_deleted) make it.
#[derive(Clone, Debug)]
#[must_use = "it does nothing until a statement or a database is given it by `with`"]
pub struct DeletedRows {
    which: Which,
    tables: Option<Vec<String>>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Which {
    Live,
    All,
    Deleted,
}

impl DeletedRows {
    pub(super) const fn of_all_tables(which: Which) -> Self {
        Self { which, tables: None }
    }

    /// Of these tables alone, by their names: users who are deleted, with their groups that are not. Of the others it says
    /// nothing; what was said of them before counts, by the statement or the handle it runs on, or else live rows are meant.
    ///
    /// ```
    /// use kysera::plugin::SoftDelete;
    ///
    /// let rows = SoftDelete::only_deleted().of(["users"]);
    /// ```
    pub fn of(self, tables: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { tables: Some(names(tables)), ..self }
    }

    /// Which rows of a table, if it is said.
    pub(super) fn which_of(&self, table: &TableName) -> Option<Which> {
        let Self { which, tables } = self;
        tables.as_ref().is_none_or(|tables| is_among(tables, table)).then_some(*which)
    }
}

/// Has a `delete` really delete, or not: a value that travels with it.
/// [`SoftDelete::hard_delete`](super::SoftDelete::hard_delete) and [`SoftDelete::soft_delete`](super::SoftDelete::soft_delete)
/// make it.
#[derive(Clone, Debug)]
#[must_use = "it does nothing until a statement or a database is given it by `with`"]
pub struct HardDelete(How);

/// What a `delete` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    Hard,
    Soft,
}

impl HardDelete {
    pub(super) const fn new(how: How) -> Self {
        Self(how)
    }

    pub(super) fn is_hard(&self) -> bool {
        self.0 == How::Hard
    }
}

/// Has a `delete` take nothing along: a value that travels with it. [`SoftDelete::no_cascade`](super::SoftDelete::no_cascade)
/// makes it.
#[derive(Clone, Debug)]
#[must_use = "it does nothing until a statement or a database is given it by `with`"]
pub struct NoCascade(());

impl NoCascade {
    pub(super) const fn new() -> Self {
        Self(())
    }
}
