//! `create table` and `drop table`.

use super::{DataType, Expr, Ident, TableName};

/// `create table name (columns, constraints)`
#[derive(Clone, Debug, PartialEq)]
pub struct CreateTable {
    /// `if not exists`
    pub if_not_exists: bool,
    /// The table.
    pub name: TableName,
    /// Its columns.
    pub columns: Vec<ColumnDef>,
    /// What holds for several columns.
    pub constraints: Vec<TableConstraint>,
}

/// `name type not null default .. unique references ..`
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnDef {
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub data_type: DataType,
    /// Whether it takes `null`.
    pub nullable: bool,
    /// What stands in it when it is left out.
    pub default: Option<Expr>,
    /// Whether the database makes its values.
    pub generation: Option<Generation>,
}

/// How the database makes the values of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Generation {
    /// Numbers, one after the other, where the value is left out.
    Identity,
    /// Numbers, one after the other; no other value is taken (PostgreSQL only).
    IdentityAlways,
    /// `generated always as (expr) stored`
    Stored(Expr),
}

/// What holds for one or several columns of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum TableConstraint {
    /// `primary key (columns)`
    PrimaryKey(Index),
    /// `unique (columns)`
    Unique(Index),
    /// `foreign key (columns) references table (columns)`
    ForeignKey(ForeignKey),
    /// `check (condition)`
    Check(Check),
}

/// The columns of a key, and the name of its constraint.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    /// The constraint's name; the server makes one up where there is none.
    pub name: Option<Ident>,
    /// The columns.
    pub columns: Vec<Ident>,
}

/// `foreign key (columns) references table (references) on delete .. on update ..`
#[derive(Clone, Debug, PartialEq)]
pub struct ForeignKey {
    /// The constraint's name.
    pub name: Option<Ident>,
    /// The columns of this table.
    pub columns: Vec<Ident>,
    /// The table they refer to.
    pub table: TableName,
    /// The columns they refer to.
    pub references: Vec<Ident>,
    /// What a delete of the other row does.
    pub on_delete: ReferentialAction,
    /// What a change of the other row's key does.
    pub on_update: ReferentialAction,
}

/// What a change of the row that is referred to does to the one that refers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReferentialAction {
    /// It is refused.
    #[default]
    NoAction,
    /// It is refused at once.
    Restrict,
    /// It is done there too.
    Cascade,
    /// The reference becomes `null`.
    SetNull,
}

/// `check (condition)`
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// The constraint's name.
    pub name: Option<Ident>,
    /// What must not be false.
    pub condition: Expr,
}

/// `drop table name`
#[derive(Clone, Debug, PartialEq)]
pub struct DropTable {
    /// `if exists`
    pub if_exists: bool,
    /// The table.
    pub name: TableName,
    /// `cascade`: what depends on the table goes too (PostgreSQL only).
    pub cascade: bool,
}
