//! The tests of the SQLite driver.

#[path = "it/drivers/sqlite/mod.rs"]
mod sqlite;
