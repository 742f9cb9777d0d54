//! The integration tests: one binary, one module per subject.
//!
//! Every test that runs SQL runs it on all the servers that `make test` brings; see `support`.

mod support;
mod derive;
mod sql;
mod running;
mod cancellation;
mod nodes;
mod architecture;
mod drivers;
