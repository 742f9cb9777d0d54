//! Who is told of what is refused.

use std::fmt;

use crate::ast::{Operation, TableName};
use crate::error::Error;
use crate::plugin::Context;

/// A statement that [`RowPolicies`](super::RowPolicies) refused, for who is told of it by
/// [`on_refusal`](super::RowPolicies::on_refusal).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Refusal<'a> {
    /// What it would have done; [`Operation::Text`] for text of which nobody knows.
    pub operation: Operation,
    /// The table that it would have written, or the first that it would have read, if it is known.
    pub table: Option<&'a TableName>,
    /// Why it was refused.
    pub reason: &'a Error,
    /// Whoever asked, by the values that travelled with it.
    pub context: &'a Context<'a>,
}

/// Those who are told, one after the other.
#[derive(Default)]
pub(super) struct Listeners(Vec<Box<dyn Fn(&Refusal<'_>) + Send + Sync>>);

impl Listeners {
    pub(super) fn add(&mut self, told: impl Fn(&Refusal<'_>) + Send + Sync + 'static) {
        self.0.push(Box::new(told));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn tell(&self, refusal: Refusal<'_>) {
        self.0.iter().for_each(|told| told(&refusal));
    }
}

impl fmt::Debug for Listeners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} listeners", self.0.len())
    }
}
