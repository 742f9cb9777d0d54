//! Pages of a query's rows.

mod cursors;
mod cursor_values;
mod cursor_mutations;
mod schema;
mod walks;
mod sql;
mod million;
mod reads;
mod plans;
mod traps;
mod walking;
mod offset;
mod keyset;
mod counts;
mod totals;
mod kinds;
mod collations;
mod queries;
mod joins;
mod edges;
mod tables;
mod places;
mod beside_plugins;
