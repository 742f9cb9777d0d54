//! What plugins do to every statement, on every server.

mod contract;
mod matrix;
mod shapes;
mod soft_delete;
mod timestamps;
