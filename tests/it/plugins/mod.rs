//! The plugins, on real data.

mod tenants;
mod policies;
mod escapes;
mod with_schema;
mod guards;
