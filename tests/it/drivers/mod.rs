//! The drivers by themselves: text and values in, rows and errors out.

#[cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod connecting;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;
