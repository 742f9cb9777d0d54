//! What [`Audit`](crate::plugin::Audit) has written down: read back as history, and restored.

mod entry;
mod history;
mod restore;

pub use self::entry::Entry;
pub use self::history::History;
