//! SQL in every dialect, and what it does on every server: one file per clause family.

mod running;
mod values;
