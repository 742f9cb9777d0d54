//! What rewrites statements before they are compiled.

use std::fmt;

use crate::ast::Statement;
use crate::dialect::Spec;
use crate::error::Result;

/// Rewrites every statement that runs through a [`Db`](crate::Db), its transactions and its connections.
///
/// A plugin sees a statement once, whole, with everything that is nested in it, and before it is compiled. It may
/// give back another kind of statement than it got. Plugins run in the order in which they were registered, each on
/// what the one before it gave back.
///
/// ```
/// use kysera::ast::{DropTable, Statement};
/// use kysera::plugin::{Context, Plugin};
/// use kysera::{Error, Result};
///
/// /// Keeps tables from being dropped.
/// struct KeepTables;
///
/// impl Plugin for KeepTables {
///     fn name(&self) -> &str {
///         "keep tables"
///     }
///
///     fn transform(&self, statement: Statement, _: &Context) -> Result<Statement> {
///         match statement {
///             Statement::DropTable(_) => Err(Error::invalid("tables are not dropped here")),
///             statement => Ok(statement),
///         }
///     }
/// }
/// ```
pub trait Plugin: Send + Sync + 'static {
    /// The name that errors say.
    fn name(&self) -> &str;

    /// Gives back the statement that runs in place of `statement`.
    ///
    /// # Errors
    ///
    /// Where the statement must not run; nothing is sent then, and the error names the plugin.
    fn transform(&self, statement: Statement, context: &Context<'_>) -> Result<Statement>;
}

/// What a plugin knows of the place where a statement will run.
#[derive(Clone, Debug)]
pub struct Context<'a> {
    spec: &'a Spec,
}

impl<'a> Context<'a> {
    /// A server that speaks this dialect.
    #[must_use]
    pub const fn new(spec: &'a Spec) -> Self {
        Self { spec }
    }

    /// The dialect the statement will be written in.
    #[must_use]
    pub const fn spec(&self) -> &'a Spec {
        self.spec
    }
}

impl fmt::Debug for dyn Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
