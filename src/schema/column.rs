//! A column of a table that is created.

use super::create_table::{ForeignKey, foreign_key};
use crate::ast::{self, DataType, Generation, Ident, Raw, RawPart, ReferentialAction, Shared, TableName};
use crate::types::SqlType;

/// A column of a table that is created. [`column()`] makes it.
///
/// `R` is what it refers to: nothing, or [`References`] after [`references`](Self::references).
#[derive(Clone, Debug)]
#[must_use]
pub struct ColumnDef<R = ()> {
    pub(super) node: ast::ColumnDef,
    pub(super) primary_key: bool,
    pub(super) unique: bool,
    pub(super) references: R,
}

/// The column of another table that a column refers to.
#[derive(Clone, Debug)]
pub struct References {
    table: TableName,
    column: Ident,
    on_delete: ReferentialAction,
    on_update: ReferentialAction,
}

/// What a column refers to, if it does.
pub trait Reference {
    /// The foreign key of the column of that name.
    #[doc(hidden)]
    fn foreign_key(self, column: Ident) -> Option<ForeignKey>;
}

impl Reference for () {
    fn foreign_key(self, _column: Ident) -> Option<ForeignKey> {
        None
    }
}

impl Reference for References {
    fn foreign_key(self, column: Ident) -> Option<ForeignKey> {
        let Self { table, column: other, on_delete, on_update } = self;
        Some(foreign_key([column], table, [other]).on_delete(on_delete).on_update(on_update))
    }
}

/// `name type`: a column that takes `null`, as in SQL, until it is said that it does not.
pub fn column(name: impl Into<Ident>, data_type: DataType) -> ColumnDef {
    ColumnDef {
        node: ast::ColumnDef { name: name.into(), data_type, nullable: true, default: None, generation: None },
        primary_key: false,
        unique: false,
        references: (),
    }
}

/// SQL of the program's author, within a definition.
pub(super) fn author_sql(text: &'static str) -> ast::Expr {
    ast::Expr::Raw(Shared::new(Raw { parts: smallvec::smallvec![RawPart::Text(text.into())] }))
}

impl<R> ColumnDef<R> {
    /// `not null`
    pub fn not_null(mut self) -> Self {
        self.node.nullable = false;
        self
    }

    /// `primary key`, which is `not null` too. For a key of several columns there is
    /// [`CreateTable::primary_key`](super::CreateTable::primary_key).
    pub fn primary_key(mut self) -> Self {
        self.primary_key = true;
        self.not_null()
    }

    /// `unique`
    pub fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// `default value`
    pub fn default<V: SqlType>(mut self, value: V) -> Self {
        self.node.default = Some(ast::Expr::Value(value.into_value()));
        self
    }

    /// `default` the instant of now, in UTC and to the microsecond (to the millisecond on SQLite).
    pub fn default_now(mut self) -> Self {
        self.node.default = Some(ast::Expr::Now);
        self
    }

    /// `default (sql)`, in the words of your database.
    pub fn default_sql(mut self, sql: &'static str) -> Self {
        self.node.default = Some(author_sql(sql));
        self
    }

    /// Numbers from the database, one after the other, where the value is left out: `identity`, `auto_increment`,
    /// `autoincrement`. On SQLite, only the primary key can have them.
    pub fn identity(mut self) -> Self {
        self.node.generation = Some(Generation::Identity);
        self.not_null()
    }

    /// Numbers from the database, and no others. PostgreSQL has it.
    pub fn identity_always(mut self) -> Self {
        self.node.generation = Some(Generation::IdentityAlways);
        self.not_null()
    }

    /// `generated always as (sql) stored`: computed from the other columns.
    pub fn generated_as(mut self, sql: &'static str) -> Self {
        self.node.generation = Some(Generation::Stored(author_sql(sql)));
        self
    }

    /// `references table (column)`
    pub fn references(self, table: impl Into<TableName>, column: impl Into<Ident>) -> ColumnDef<References> {
        let Self { node, primary_key, unique, references: _ } = self;
        let references = References {
            table: table.into(),
            column: column.into(),
            on_delete: ReferentialAction::NoAction,
            on_update: ReferentialAction::NoAction,
        };
        ColumnDef { node, primary_key, unique, references }
    }
}

impl ColumnDef<References> {
    /// `on delete ..`: what a delete of the row it refers to does.
    pub fn on_delete(mut self, action: ReferentialAction) -> Self {
        self.references.on_delete = action;
        self
    }

    /// `on update ..`: what a change of the key it refers to does.
    pub fn on_update(mut self, action: ReferentialAction) -> Self {
        self.references.on_update = action;
        self
    }
}
