//! `select` and what stands in it.

use smallvec::SmallVec;

use super::{ColumnDescription, Compound, Expr, Ident, Shared, Statement, TableName};

/// What yields rows within another statement: in `from`, `in`, `exists`, a set operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Query {
    /// `select ..`
    Select(Shared<Select>),
    /// `select .. union select ..`
    Compound(Shared<Compound>),
}

/// `with .. select distinct .. from .. where .. group by .. having .. order by .. limit .. offset .. for update`
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Select {
    /// The common table expressions before it.
    pub with: Vec<Cte>,
    /// Whether equal rows are given once.
    pub distinct: Distinct,
    /// What is selected. Never empty in a statement that is compiled.
    pub columns: SelectList,
    /// The tables; more than one are a cross product.
    pub from: SmallVec<[TableRef; 1]>,
    /// The joins, in order.
    pub joins: SmallVec<[Join; 1]>,
    /// The condition on rows.
    pub filter: Option<Expr>,
    /// What rows are grouped by.
    pub group_by: Vec<Expr>,
    /// The condition on groups.
    pub having: Option<Expr>,
    /// The order.
    pub order_by: OrderList,
    /// The most rows to give.
    pub limit: Option<Expr>,
    /// The rows to pass over first.
    pub offset: Option<Expr>,
    /// `for update`: the table, by its name or alias in this query, whose rows are locked until the transaction ends. They
    /// are then as they are now, and not as the transaction saw them first.
    pub lock: Option<Ident>,
}

/// Whether equal rows are given once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Distinct {
    /// `select ..`
    #[default]
    All,
    /// `select distinct ..`
    Distinct,
}

/// What a query selects, or a statement that writes returns. Up to four entries need no allocation of their own.
pub type SelectList = SmallVec<[SelectItem; 4]>;

/// What the rows of a query are ordered by. Up to two terms need no allocation of their own.
pub type OrderList = SmallVec<[OrderItem; 2]>;

/// One entry of a select list, or of `returning`.
#[derive(Clone, Debug, PartialEq)]
pub enum SelectItem {
    /// `expr as alias`
    Expr(SelectExpr),
    /// All columns of a table, one by one.
    AllColumns(AllColumns),
}

/// `expr as alias`
#[derive(Clone, Debug, PartialEq)]
pub struct SelectExpr {
    /// What is selected.
    pub expr: Expr,
    /// Its name in the result.
    pub alias: Option<Ident>,
}

/// `table.first, table.second, ..`: the columns of a declared table, always written one by one, so that a column
/// added to the database later changes nothing.
#[derive(Clone, Debug)]
pub struct AllColumns {
    /// The table's name or alias in this query.
    pub table: Option<Ident>,
    /// The columns.
    pub columns: &'static [ColumnDescription],
}

impl PartialEq for AllColumns {
    fn eq(&self, other: &Self) -> bool {
        self.table == other.table && std::ptr::eq(self.columns, other.columns)
    }
}

/// What stands in `from` or after `join`.
#[derive(Clone, Debug, PartialEq)]
pub enum TableRef {
    /// A table, a view or a common table expression.
    Table(Table),
    /// `(select ..) as alias`
    Derived(Derived),
}

impl TableRef {
    /// Its name within this query.
    #[must_use]
    pub fn name(&self) -> &Ident {
        match self {
            Self::Table(Table { name: _, alias: Some(alias) }) | Self::Derived(Derived { query: _, alias }) => alias,
            Self::Table(Table { name, alias: None }) => &name.name,
        }
    }
}

/// `name as alias`
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The table's name.
    pub name: TableName,
    /// Its name within this query.
    pub alias: Option<Ident>,
}

/// `(select ..) as alias`
#[derive(Clone, Debug, PartialEq)]
pub struct Derived {
    /// The query.
    pub query: Query,
    /// Its name within this query.
    pub alias: Ident,
}

/// `left join table on condition`
#[derive(Clone, Debug, PartialEq)]
pub struct Join {
    /// Which rows without a partner are kept.
    pub kind: JoinKind,
    /// What is joined.
    pub table: TableRef,
    /// The condition; none for a cross join.
    pub on: Option<Expr>,
}

/// Which rows without a partner a join keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinKind {
    /// `inner join`: none.
    Inner,
    /// `left join`: those of the tables before.
    Left,
    /// `right join`: those of the joined table.
    Right,
    /// `full join`: all.
    Full,
    /// `cross join`: every pair.
    Cross,
}

/// `expr desc nulls last`
#[derive(Clone, Debug, PartialEq)]
pub struct OrderItem {
    /// What is ordered by.
    pub expr: Expr,
    /// Up or down.
    pub direction: Direction,
    /// Where `null` comes.
    pub nulls: Nulls,
}

/// Up or down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// `asc`
    #[default]
    Ascending,
    /// `desc`
    Descending,
}

/// Where `null` comes in an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Nulls {
    /// Where the server puts it: PostgreSQL takes it for the largest value, the others for the smallest.
    #[default]
    Default,
    /// `nulls first`
    First,
    /// `nulls last`
    Last,
}

/// `name (columns) as (statement)`
#[derive(Clone, Debug, PartialEq)]
pub struct Cte {
    /// Its name.
    pub name: Ident,
    /// The names of its columns.
    pub columns: Vec<Ident>,
    /// True where the statement may refer to itself by the name.
    pub recursive: bool,
    /// The statement that gives the rows.
    pub statement: Statement,
}
