//! The running layer, on a driver that stands in for a server.

#[path = "it/running/mod.rs"]
mod running;
