//! The SQL tree: a value, without I/O, dialect, type parameters or behaviour beyond construction.
//!
//! Builders make it, plugins rewrite it, [`dialect::compile`](crate::dialect::compile) writes it. A tree is fully
//! determined by its fields, cheap to clone ([`Shared`]), and walked by [`Visit`] and [`VisitMut`].
//!
//! Nodes are named after SQL, without a suffix, and written qualified: `ast::Select`, `ast::Join`.

mod column;
mod compound;
mod ctes;
mod data_type;
mod ddl;
mod delete;
mod description;
mod expr;
mod insert;
mod list;
mod map_columns;
mod name;
mod operation;
mod raw;
mod requalify;
mod rewrite_exprs;
mod row_security;
mod scope;
mod select;
mod set_columns;
mod shared;
mod table_use;
mod update;
mod visit;

pub use self::column::Column;
pub use self::compound::{Compound, SetOperator};
pub(crate) use self::ctes::may_be_same;
pub use self::data_type::DataType;
pub use self::ddl::{
    Check, ColumnDef, CreateTable, DropTable, ForeignKey, Generation, Index, ReferentialAction, TableConstraint,
};
pub use self::delete::Delete;
pub use self::description::{ColumnDescription, DefaultValue, Generated, Reference, TableDescription};
pub use self::expr::{
    Aggregate, Between, Binary, BinaryOperator, Call, Case, Cast, Excluded, Exists, Expr, In, InQuery, IsNull, Like,
    Operands, Quantifier, RowComparison, RowOperator, RowPart, Span, Unary, UnaryOperator, When,
};
pub use self::insert::{Conflict, ConflictAction, ConflictTarget, Insert, InsertSource, InsertValue, Values};
pub(crate) use self::list::push;
pub use self::name::{Ident, Name, Renamed, TableName};
pub use self::operation::Operation;
pub use self::raw::{Raw, RawPart};
pub use self::row_security::{CreatePolicy, DropPolicy, PolicyCommand, PolicyKind, RowSecurity, RowSecurityAction};
pub(crate) use self::scope::Fragment;
pub use self::select::{
    AllColumns, Cte, Derived, Direction, Distinct, Join, JoinKind, Nulls, OrderItem, OrderList, Query, Select,
    SelectExpr, SelectItem, SelectList, Table, TableRef,
};
pub use self::shared::Shared;
pub use self::table_use::{Role, TableUse};
pub use self::update::{Assignment, Update};
pub use self::visit::{Node, Visit, VisitMut};

/// One SQL statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    /// `select ..`
    Select(Shared<Select>),
    /// `select .. union select ..`
    Compound(Shared<Compound>),
    /// `insert into ..`
    Insert(Shared<Insert>),
    /// `update ..`
    Update(Shared<Update>),
    /// `delete from ..`
    Delete(Shared<Delete>),
    /// `create table ..`
    CreateTable(Shared<CreateTable>),
    /// `drop table ..`
    DropTable(Shared<DropTable>),
    /// `alter table .. row level security`, `create policy ..`, `drop policy ..`
    RowSecurity(Shared<RowSecurity>),
    /// Text with slots.
    Raw(Shared<Raw>),
}

/// A statement that is looked at where it is, such as in the builder that made it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StatementRef<'a> {
    /// `select ..`
    Select(&'a Shared<Select>),
    /// `select .. union select ..`
    Compound(&'a Shared<Compound>),
    /// `insert into ..`
    Insert(&'a Shared<Insert>),
    /// `update ..`
    Update(&'a Shared<Update>),
    /// `delete from ..`
    Delete(&'a Shared<Delete>),
    /// `create table ..`
    CreateTable(&'a Shared<CreateTable>),
    /// `drop table ..`
    DropTable(&'a Shared<DropTable>),
    /// `alter table .. row level security`, `create policy ..`, `drop policy ..`
    RowSecurity(&'a Shared<RowSecurity>),
    /// Text with slots.
    Raw(&'a Shared<Raw>),
}

macro_rules! statements {
    ($($Node:ident),*) => {
        $(impl From<$Node> for Statement {
            fn from(node: $Node) -> Self {
                Self::$Node(Shared::new(node))
            }
        }

        impl From<Shared<$Node>> for Statement {
            fn from(node: Shared<$Node>) -> Self {
                Self::$Node(node)
            }
        }

        impl<'a> From<&'a Shared<$Node>> for StatementRef<'a> {
            fn from(node: &'a Shared<$Node>) -> Self {
                Self::$Node(node)
            }
        })*

        impl<'a> From<&'a Statement> for StatementRef<'a> {
            fn from(statement: &'a Statement) -> Self {
                match statement {
                    $(Statement::$Node(it) => Self::$Node(it),)*
                }
            }
        }

        /// The statement itself: another pointer to the same tree.
        impl From<StatementRef<'_>> for Statement {
            fn from(statement: StatementRef<'_>) -> Self {
                match statement {
                    $(StatementRef::$Node(it) => Self::$Node(it.clone()),)*
                }
            }
        }
    };
}

statements!(Select, Compound, Insert, Update, Delete, CreateTable, DropTable, RowSecurity, Raw);

impl From<Query> for Statement {
    fn from(query: Query) -> Self {
        match query {
            Query::Select(it) => Self::Select(it),
            Query::Compound(it) => Self::Compound(it),
        }
    }
}
