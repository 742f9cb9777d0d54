//! What plugins do after a statement was run.

use std::sync::Arc;

use super::{Pipeline, Ready};
use crate::ast::{Raw, RawPart, Statement};
use crate::driver::Rows;
use crate::error::{Error, Result};
use crate::plugin::{Context, Metadata, Plugin, Ran};

/// What is kept of a statement for the plugins that go around it, or look at what comes of it.
pub(super) struct Kept {
    pub(super) statement: Statement,
    pub(super) query: Metadata,
    /// Whether a plugin goes around it.
    pub(super) wrapped: bool,
}

impl Pipeline {
    /// What is to be kept of a statement: nothing, where no plugin goes around it or looks at what comes of it.
    pub(super) fn keep(&self, statement: &Statement, query: &Metadata, context: &Context<'_>) -> Option<Arc<Kept>> {
        let (mut watched, mut wrapped) = (false, false);
        for plugin in self.run_through(context).iter() {
            watched |= plugin.watches();
            wrapped |= plugin.wraps(statement, context);
        }
        (watched || wrapped).then(|| Arc::new(Kept { statement: statement.clone(), query: query.clone(), wrapped }))
    }

    /// The same of text that is sent as it stands. No plugin goes around that: it could send nothing in its place.
    pub(super) fn keep_text(&self, sql: &str) -> Option<Arc<Kept>> {
        let raw = || Raw { parts: vec![RawPart::Text(sql.to_owned().into())].into_iter().collect() };
        let watched = self.plugins.iter().any(|plugin| plugin.watches());
        watched.then(|| Arc::new(Kept { statement: raw().into(), query: Metadata::default(), wrapped: false }))
    }

    /// Has the plugins look at the rows of a statement, or at why there are none.
    pub(super) fn after_rows(&self, ready: &Ready<'_>, executor: &Metadata, rows: Result<Rows>) -> Result<Rows> {
        self.after(ready, executor, rows, |plugin, rows, ran| plugin.after_rows(rows, ran))
    }

    /// The last plugin to rewrite a statement is the first to see what came of it.
    pub(super) fn after<T>(
        &self,
        ready: &Ready<'_>,
        executor: &Metadata,
        result: Result<T>,
        each: impl Fn(&dyn Plugin, T, &Ran<'_>) -> Result<T>,
    ) -> Result<T> {
        let Some(kept) = &ready.kept else { return result };
        let context = self.context(&kept.query, executor);
        let ran = Ran::new(&kept.statement, &ready.sql, &ready.params, context);
        let all = self.run_through(&context);
        let plugins: Vec<_> = all.iter().rev().filter(|plugin| plugin.watches()).collect();
        let tell = |error: &Error| plugins.iter().for_each(|plugin| plugin.on_error(error, &ran));
        let seen = result.inspect_err(tell)?;
        plugins.iter().try_fold(seen, |seen, plugin| {
            each(&***plugin, seen, &ran).map_err(|error| error.in_plugin(plugin.name(), "what came back".into()))
        })
    }
}
