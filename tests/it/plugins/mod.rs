//! What plugins do to every statement, on every server.

mod contract;
mod precompiled;
mod handles;
mod running;
mod matrix;
mod shapes;
mod lacks;
mod cte_names;
mod outer_joins;
mod declarations;
mod soft_delete;
mod soft_delete_rows;
mod soft_delete_refusals;
mod cascades;
mod timestamps;
mod timestamps_of_deleted;
mod tenants;
mod policies;
mod policy_columns;
mod policy_stored;
mod escapes;
mod text;
mod text_operands;
mod native_policies;
mod native_settings;
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
mod life;
mod around;
mod audit;

/// Why a plugin refused something, in its own words.
pub fn why(error: &kysera::Error) -> String {
    let text = error.to_string();
    let (_, reason) = text.strip_prefix("the plugin `").and_then(|it| it.split_once(": ")).unwrap();
    reason.to_owned()
}
