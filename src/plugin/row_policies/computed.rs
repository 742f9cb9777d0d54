//! Columns that the server computes from others.

use crate::ast::{Assignment, Ident, TableName};
use crate::error::Result;
use crate::plugin::Context;

/// Whether the server computes a column from one that is set, or from another that it computes of one, by any declaration of
/// the table: one that leaves the columns between them out hides nothing.
pub(super) fn changes_too(
    table: &TableName,
    column: &Ident,
    assignments: &[Assignment],
    context: &Context<'_>,
) -> Result<bool> {
    let declared = context.known(table);
    let mut computed: Vec<(Ident, String)> = declared
        .each_column()
        .filter_map(|it| it.expression.map(|from| (Ident::Static(it.name), from.to_lowercase())))
        .collect();
    if computed.is_empty() {
        return Ok(false);
    }
    let mut changed = Vec::new();
    // What computes a column is text, by the names of the database.
    let change = |name: &Ident, changed: &mut Vec<String>| -> Result<()> {
        let there = context.name_in_database(table, name)?;
        changed.extend([Some(name), there.as_ref()].into_iter().flatten().map(|it| it.as_str().to_lowercase()));
        Ok(())
    };
    for it in assignments {
        change(&it.column, &mut changed)?;
    }
    while let Some(at) = computed.iter().position(|(_, from)| changed.iter().any(|name| names(from, name))) {
        let (name, _) = computed.swap_remove(at);
        if name == *column {
            return Ok(true);
        }
        change(&name, &mut changed)?;
    }
    Ok(false)
}

/// Whether an expression in SQL may name a column, both in lower case.
fn names(from: &str, column: &str) -> bool {
    let is_in_word = |it: char| it.is_alphanumeric() || it == '_';
    from.match_indices(column).any(|(at, found)| {
        let (before, after) = (from.get(..at).unwrap_or_default(), from.get(at + found.len()..).unwrap_or_default());
        !before.ends_with(is_in_word) && !after.starts_with(is_in_word)
    })
}
