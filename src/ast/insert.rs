//! `insert` and what stands in it.

use super::{Assignment, Cte, Expr, Ident, Query, SelectList, TableName};

/// `with .. insert into table (columns) values .. on conflict .. returning ..`
#[derive(Clone, Debug, PartialEq)]
pub struct Insert {
    /// The common table expressions before it.
    pub with: Vec<Cte>,
    /// The table.
    pub into: TableName,
    /// The columns that are given; none with [`InsertSource::Default`].
    pub columns: Vec<Ident>,
    /// The rows.
    pub source: InsertSource,
    /// What happens where a row of the same key is there.
    pub conflict: Option<Conflict>,
    /// What is read back of each row.
    pub returning: SelectList,
}

/// Where inserted rows come from.
#[derive(Clone, Debug, PartialEq)]
pub enum InsertSource {
    /// `values (..), (..)`
    Values(Values),
    /// `select ..`
    Query(Query),
    /// `default values`: one row of defaults.
    Default,
}

/// Rows of values, one after the other in one list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values {
    /// The values of all rows: as many for each as the statement has columns.
    pub values: Vec<InsertValue>,
}

/// One value of an inserted row.
#[derive(Clone, Debug, PartialEq)]
pub enum InsertValue {
    /// An expression.
    Expr(Expr),
    /// The next number of a column that the database numbers: `default`, or `null` where `default` would be zero.
    NextNumber,
    /// `default`
    Default,
}

/// `on conflict (columns) where .. do ..`
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// Which keys are meant.
    pub target: ConflictTarget,
    /// What happens.
    pub action: ConflictAction,
}

/// The unique keys an upsert means.
#[derive(Clone, Debug, PartialEq)]
pub enum ConflictTarget {
    /// Any key of the table.
    Any,
    /// The key of these columns.
    Columns(Vec<Ident>),
}

/// What an upsert does with the row that is there.
#[derive(Clone, Debug, PartialEq)]
pub enum ConflictAction {
    /// `do nothing`
    Nothing,
    /// `do update set ..`
    Update {
        /// What is set.
        assignments: Vec<Assignment>,
        /// Which rows are updated; the others stay as they are.
        filter: Option<Expr>,
    },
}
