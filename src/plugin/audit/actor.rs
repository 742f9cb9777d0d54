//! Who acts.

use std::sync::Arc;

use crate::plugin::Context;
use crate::value::Value;

/// Who acts: a value that travels with a database or a statement, to [`Audit`](super::Audit).
///
/// ```
/// # use kysera::{Db, Result};
/// use kysera::plugin::Actor;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// # let db = Db::connect("sqlite::memory:").await?;
/// let of_ann = db.with(Actor::new("ann")); // in the type that the columns have
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Actor(Value);

impl Actor {
    /// Somebody, by a value of the type that the columns `created_by` and `updated_by` have.
    #[must_use]
    pub fn new(actor: impl Into<Value>) -> Self {
        Self(actor.into())
    }
}

/// What tells who acts.
#[derive(Clone)]
pub(super) struct FindActor(Arc<dyn Fn(&Context<'_>) -> Option<Value> + Send + Sync>);

impl FindActor {
    pub(super) fn of<T: Send + Sync + 'static>(of: impl Fn(&T) -> Value + Send + Sync + 'static) -> Self {
        Self(Arc::new(move |context| context.get_from_handle::<T>().map(&of)))
    }

    pub(super) fn find(&self, context: &Context<'_>) -> Option<Value> {
        (self.0)(context)
    }
}

impl Default for FindActor {
    fn default() -> Self {
        Self::of(|actor: &Actor| actor.0.clone())
    }
}

/// Has no log be kept: a value that travels with a handle. [`Audit::unaudited`](super::Audit::unaudited) makes it.
#[derive(Clone, Debug)]
#[must_use = "it does nothing until a database or a transaction is given it by `with`"]
pub struct Unaudited(());

impl Unaudited {
    pub(super) const fn new() -> Self {
        Self(())
    }
}
