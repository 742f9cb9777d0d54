//! Statements of the program's author: [`sql!`](crate::sql), run on its own.

use super::{Statement, fetch};
use crate::ast;
use crate::driver::Outcome;
use crate::error::Result;
use crate::executor::Executor;
use crate::expr::Raw;
use crate::expr::scope::Closed;
use crate::table::FromRow;

impl<N> Statement for Raw<N> {
    fn to_statement(&self) -> ast::Statement {
        self.clone().statement()
    }
}

impl<N: Closed> Raw<N> {
    /// Runs the text as a statement of its own and tells how many rows it changed.
    ///
    /// # Errors
    ///
    /// Where the server refuses it.
    pub async fn execute(self, executor: &dyn Executor) -> Result<Outcome> {
        fetch::run(executor, self.statement()).await
    }

    /// Runs the text as a statement of its own and reads all rows by the names of their columns.
    ///
    /// # Errors
    ///
    /// Where the server refuses it, or a column of the struct is missing or does not fit.
    pub async fn fetch_all_as<C: FromRow>(self, executor: &dyn Executor) -> Result<Vec<C>> {
        fetch::all_as(executor, self.statement()).await
    }
}
