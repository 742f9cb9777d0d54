//! What plugins do to every statement, on every server.

mod contract;
mod running;
mod matrix;
mod shapes;
mod lacks;
mod cte_names;
mod outer_joins;
mod soft_delete;
mod soft_delete_rows;
mod soft_delete_refusals;
mod cascades;
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
mod columns;
mod names;
mod joins;
mod tags;
mod testing;
