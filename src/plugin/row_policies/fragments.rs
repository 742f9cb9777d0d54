//! Text in a statement, and functions that read what a text names.

use super::super::text;
use crate::ast::Fragment;
use crate::error::{Error, Result};

pub(super) fn text() -> Error {
    Error::invalid("nobody knows which rows text reaches, so none is run, unless by `allow_text`")
}

/// Refuses what may reach a table that no plugin sees.
pub(in crate::plugin) fn refuse(fragment: Fragment<'_>) -> Result<()> {
    match fragment {
        Fragment::Statement => Err(text()),
        Fragment::Text(raw) => {
            text::is_one_expression(raw)?;
            text::reads_no_table(raw)
        }
        Fragment::Function(name) => text::reads_no_text(name.as_str()),
    }
}
