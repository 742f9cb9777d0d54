//! What plugins do to every statement, on every server.

mod contract;
mod matrix;
mod shapes;
mod outer_joins;
mod soft_delete;
mod timestamps;
mod tenants;
mod policies;
mod escapes;
mod native_policies;
mod policy_effects;
mod policy_stories;
mod policy_verdicts;
mod with_schema;
mod guards;
