//! Pages of a query's rows: places in an order, handed out to clients as cursors.

#[cfg(feature = "cursors")]
mod cursor;

#[cfg(feature = "cursors")]
pub use self::cursor::{Cursor, CursorKey, Cursors};
