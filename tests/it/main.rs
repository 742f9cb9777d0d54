//! The integration tests: one binary, one module per subject.
//!
//! Every test that runs SQL runs it on all the servers that `make test` brings; see `support`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    missing_docs,
    unreachable_pub,
    reason = "a test may fail, and nobody uses its parts"
)]

mod support;
mod derive;
mod sql;
mod oracle;
mod pagination;
mod plugins;
mod injection;
mod running;
mod cancellation;
mod nodes;
mod sharing;
mod types;
mod values;
mod architecture;
mod drivers;
