//! `drop table`

use crate::ast::{self, Shared, TableName};
use crate::query::{Bare, Statement, Writes};
use crate::table::{Record, Table};

/// `drop table name`
///
/// ```
/// use kysera::dialect;
/// use kysera::prelude::*;
/// use kysera::schema::drop_table;
///
/// let q = drop_table("notes").if_exists();
/// assert_eq!(q.compile(&dialect::MYSQL)?.sql, "drop table if exists `notes`");
/// # Ok::<(), kysera::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a statement does nothing until it is run"]
pub struct DropTable {
    ast: Shared<ast::DropTable>,
}

/// `drop table name`; [`drop_table_for`] takes the name from a struct.
pub fn drop_table(name: impl Into<TableName>) -> DropTable {
    DropTable { ast: Shared::new(ast::DropTable { if_exists: false, name: name.into(), cascade: false }) }
}

/// `drop table` of the table that a struct declares.
pub fn drop_table_for<R: Record>() -> DropTable {
    drop_table(R::Table::DESCRIPTION.table_name())
}

impl DropTable {
    /// `if exists`
    pub fn if_exists(mut self) -> Self {
        self.ast.if_exists = true;
        self
    }

    /// `cascade`: what depends on the table goes too. PostgreSQL has it.
    pub fn cascade(mut self) -> Self {
        self.ast.cascade = true;
        self
    }
}

#[diagnostic::do_not_recommend]
impl Bare for DropTable {}

impl Statement for DropTable {
    fn tree(&self) -> ast::StatementRef<'_> {
        (&self.ast).into()
    }
}

#[diagnostic::do_not_recommend]
impl Writes for DropTable {}
