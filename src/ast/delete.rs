//! `delete`.

use smallvec::SmallVec;

use super::{Cte, Expr, SelectList, Table, TableRef};

/// `with .. delete from table using .. where .. returning ..`
#[derive(Clone, Debug, PartialEq)]
pub struct Delete {
    /// The common table expressions before it.
    pub with: Vec<Cte>,
    /// The table.
    pub from: Table,
    /// Other tables that the condition reads.
    pub using: SmallVec<[TableRef; 1]>,
    /// The rows that are deleted.
    pub filter: Option<Expr>,
    /// True where all rows were asked for; without it, a missing condition is an error.
    pub all_rows: bool,
    /// What is read back of each row.
    pub returning: SelectList,
}
