//! The plugins that come with the crate, on all servers.

mod soft_delete;
mod timestamps;
