//! What plugins do when a database begins, and when it ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Context, Metadata, Plugin, Runner, Tables};
use crate::driver::Driver;
use crate::error::{Error, Result};

/// The plugins of a database, from its begin to its end. All handles to it share them.
pub(crate) struct Life {
    plugins: Vec<Arc<dyn Plugin>>,
    ended: AtomicBool,
}

impl Life {
    /// Of these plugins, in the order in which they run.
    pub(crate) fn new(plugins: Vec<Arc<dyn Plugin>>) -> Self {
        Self { plugins, ended: AtomicBool::new(false) }
    }

    /// Has each plugin begin, one after the other, where all fit these tables and each other. Where one fails, those before it
    /// end again.
    pub(crate) async fn begin(&self, driver: &dyn Driver, tables: &Tables) -> Result<()> {
        let nothing = Metadata::default();
        let context = Context::new(driver.spec(), tables, &nothing, &nothing).among(&self.plugins);
        for plugin in &self.plugins {
            if let Err(error) = plugin.fits(&context) {
                self.ended.store(true, Ordering::Release);
                return Err(error.in_plugin(plugin.name(), "this database".into()));
            }
        }
        for (at, plugin) in self.plugins.iter().enumerate() {
            if let Err(error) = plugin.init(Runner::on_driver(driver)).await {
                self.ended.store(true, Ordering::Release);
                let mut errors = vec![error.in_plugin(plugin.name(), "this database".into())];
                errors.extend(shut_down(&self.plugins[..at], driver).await);
                return Err(Error::several(errors));
            }
        }
        Ok(())
    }

    /// Has each plugin end, the last to begin first, once for all handles. One that fails keeps no other from it.
    pub(crate) async fn end(&self, driver: &dyn Driver) -> Vec<Error> {
        if self.ended.swap(true, Ordering::AcqRel) { Vec::new() } else { shut_down(&self.plugins, driver).await }
    }
}

async fn shut_down(plugins: &[Arc<dyn Plugin>], driver: &dyn Driver) -> Vec<Error> {
    let mut errors = Vec::new();
    for plugin in plugins.iter().rev() {
        if let Err(error) = plugin.shutdown(Runner::on_driver(driver)).await {
            errors.push(error.in_plugin(plugin.name(), "the end of this database".into()));
        }
    }
    errors
}
