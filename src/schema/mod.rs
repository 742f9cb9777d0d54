//! Definitions: tables, by hand and from `#[derive(Table)]`.

mod column;
mod create_table;
mod drop_table;

pub use self::column::{ColumnDef, Reference, References, column};
pub use self::create_table::{CreateTable, ForeignKey, create_table, create_table_for, foreign_key};
pub use self::drop_table::{DropTable, drop_table, drop_table_for};
