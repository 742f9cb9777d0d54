//! A database that is nowhere, so that statements are compiled as they would be, and nothing else.

use crate::dialect::Spec;
use crate::driver::{BoxFuture, Connection, Driver, PoolStatus};
use crate::error::{Error, Result};

#[derive(Debug)]
pub(super) struct Nowhere(pub(super) &'static Spec);

impl Driver for Nowhere {
    fn spec(&self) -> &Spec {
        self.0
    }

    fn acquire(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
        Box::pin(async { Err(Error::closed("there is no database behind this one")) })
    }

    fn close(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    fn status(&self) -> PoolStatus {
        PoolStatus::default()
    }
}
