//! SQL in every dialect, and what it does on every server: one file per clause family.

mod differences;
mod select;
mod distinct_order;
mod expressions;
mod writing;
mod definitions;
mod running;
mod reading;
mod traps;
mod refusals;
mod own_target;
mod meaning;
mod merged;
mod values;
mod slots;
mod locks;
