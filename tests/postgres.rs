//! The PostgreSQL driver on real servers.
#![cfg(feature = "postgres")]

#[path = "it/drivers/postgres/mod.rs"]
mod postgres;
