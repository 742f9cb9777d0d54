//! `update` and what stands in it.

use smallvec::SmallVec;

use super::{Cte, Expr, Ident, SelectList, Table, TableRef};

/// `with .. update table set .. from .. where .. returning ..`
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// The common table expressions before it.
    pub with: Vec<Cte>,
    /// The table.
    pub table: Table,
    /// What is set. Never empty in a statement that is compiled.
    pub assignments: Vec<Assignment>,
    /// Other tables that the values and the condition read.
    pub from: SmallVec<[TableRef; 1]>,
    /// The rows that are updated.
    pub filter: Option<Expr>,
    /// True where all rows were asked for; without it, a missing condition is an error.
    pub all_rows: bool,
    /// What is read back of each row.
    pub returning: SelectList,
}

/// `column = value`. All values of an update are taken from the row as it was before.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// The column that is set.
    pub column: Ident,
    /// What it is set to.
    pub value: Expr,
}
