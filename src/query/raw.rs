//! Statements of the program's author: [`sql!`](crate::sql), run on its own.

use super::{Annotated, Bare, GivesRows, Statement, Writes};
use crate::ast;
use crate::expr::Raw;
use crate::expr::scope::Closed;

#[diagnostic::do_not_recommend]
impl<N> Bare for Raw<N> {}

impl<N> Statement for Raw<N> {
    fn tree(&self) -> ast::StatementRef<'_> {
        self.tree()
    }
}

#[diagnostic::do_not_recommend]
impl<N: Closed> Writes for Raw<N> {}

#[diagnostic::do_not_recommend]
impl<N: Closed> GivesRows for Raw<N> {}

#[diagnostic::do_not_recommend]
impl<N: Closed> GivesRows for Annotated<Raw<N>> {}
