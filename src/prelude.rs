//! What most programs need: `use kysera::prelude::*;`

pub use crate::db::{Connection, Db, Transaction};
pub use crate::error::{Error, Result};
pub use crate::executor::Executor;
pub use crate::expr::{ExprMethods, all, any, case, count_all, exists, not, not_exists, now, value};
pub use crate::pagination::{Paginate, PaginateBy};
pub use crate::query::{
    ScalarQuery, SetOperand, Statement, Subquery, delete_from, insert_into, select_from, update, with, with_recursive,
};
pub use crate::table::{Record as _, Table as _};
pub use crate::{FromRow, SqlType, Table, alias, sql};
// Once more without its name, so that its methods are there too where `ast::Statement` has the name.
pub use crate::query::Statement as _;
