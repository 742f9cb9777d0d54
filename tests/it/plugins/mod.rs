//! What plugins do to every statement, on every server.

mod contract;
mod matrix;
mod shapes;
mod soft_delete;
mod timestamps;
mod tenants;
mod policies;
mod escapes;
mod with_schema;
mod guards;
mod life;
mod around;
mod audit;
