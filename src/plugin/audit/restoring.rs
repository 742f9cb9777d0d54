//! A statement that restores a row: what it knows of how the row should be.

use super::json;
use crate::error::{Error, Result};

/// Travels with a statement that restores a row. It writes what the row was, so nothing is stamped.
pub(crate) struct Restoring {
    /// The table as the log has it.
    pub(crate) table: String,
    /// How the row was after the change that is taken back, where it is to be there now.
    pub(crate) expected: Option<String>,
}

impl Restoring {
    /// Refuses a table of the same name in another schema, which may be that of another tenant. An entry without a schema is of
    /// a program that had none.
    pub(super) fn check_table(&self, written: &str) -> Result<()> {
        if self.table == written || !self.table.contains('.') {
            return Ok(());
        }
        Err(Error::invalid("the entry is of a table of another schema"))
    }

    /// Whether the row is as it was after the change that is taken back, in all the columns that it had.
    pub(super) fn check(&self, found: Option<&str>) -> Result<()> {
        let Some(expected) = &self.expected else { return Ok(()) };
        let Some(found) = found else {
            return Err(Error::conflict("the row that is to be restored is not there any more"));
        };
        let found = json::fields(found).unwrap_or_default();
        let same = json::fields(expected)
            .is_some_and(|expected| expected.iter().all(|(name, value)| is_or_has_not(&found, name, value)));
        if same {
            Ok(())
        } else {
            Err(Error::conflict("the row has been changed since; restore the later changes first"))
        }
    }
}

/// Whether a column has this value, or the table does not have it any more.
fn is_or_has_not(fields: &[(String, &str)], name: &str, value: &str) -> bool {
    fields.iter().find(|(other, _)| other == name).is_none_or(|(_, found)| *found == value)
}
