//! The order in which plugins run, and what they demand of each other.

use std::collections::BTreeSet;

use super::Plugin;
use crate::error::{Error, Result};

/// Puts plugins into the order in which they run: each behind those it depends on; of those that could be next, the one
/// with the highest priority, and of several of those the one whose name comes first.
pub(crate) fn order<P: AsRef<dyn Plugin>>(mut plugins: Vec<P>) -> Result<Vec<P>> {
    let name = |plugin: &P| plugin.as_ref().name().to_owned();
    plugins.sort_by_cached_key(|plugin| (-i64::from(plugin.as_ref().priority()), name(plugin)));
    go_together(&plugins)?;
    let mut ordered: Vec<P> = Vec::with_capacity(plugins.len());
    let mut there = BTreeSet::new();
    while !plugins.is_empty() {
        match plugins.iter().position(|it| it.as_ref().dependencies().iter().all(|wanted| there.contains(*wanted))) {
            Some(next) => {
                let next = plugins.remove(next);
                there.insert(name(&next));
                ordered.push(next);
            }
            None => {
                let circle: Vec<_> = plugins.iter().map(|it| format!("`{}`", it.as_ref().name())).collect();
                return Err(Error::invalid(format!(
                    "plugins depend on each other in a circle, or on one that does: {}",
                    circle.join(", ")
                )));
            }
        }
    }
    Ok(ordered)
}

/// Refuses the plugins of one statement where they do not go together, or one of them would run before what it depends on.
/// They are in the order in which they run.
pub(crate) fn check_order<P: AsRef<dyn Plugin>>(plugins: &[P]) -> Result<()> {
    go_together(plugins)?;
    for (at, plugin) in plugins.iter().enumerate() {
        let plugin = plugin.as_ref();
        let is_before = |wanted: &str| plugins[..at].iter().any(|it| it.as_ref().name() == wanted);
        if let Some(late) = plugin.dependencies().iter().find(|wanted| !is_before(wanted)) {
            return Err(Error::invalid(format!(
                "the plugin `{}` depends on the plugin `{late}`, which runs after those that a query brings along; give it to \
                 the database",
                plugin.name()
            )));
        }
    }
    Ok(())
}

/// Refuses two plugins of one name, one that lacks what it depends on, and those that cannot be used together.
fn go_together<P: AsRef<dyn Plugin>>(plugins: &[P]) -> Result<()> {
    let mut names: Vec<&str> = plugins.iter().map(|plugin| plugin.as_ref().name()).collect();
    names.sort_unstable();
    if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(Error::invalid(format!("there are two plugins named `{}`", twice[0])));
    }
    for plugin in plugins {
        let plugin = plugin.as_ref();
        if let Some(missing) = plugin.dependencies().iter().find(|it| !names.contains(it)) {
            return Err(Error::invalid(format!(
                "the plugin `{}` depends on the plugin `{missing}`, which is not there",
                plugin.name()
            )));
        }
        if let Some(other) = plugin.conflicts().iter().find(|it| names.contains(it)) {
            return Err(Error::invalid(format!(
                "the plugins `{}` and `{other}` cannot be used together",
                plugin.name()
            )));
        }
    }
    Ok(())
}
