mod schema;
use schema::*;

#[derive(kysera::SqlType)]
pub struct Flag(bool);

pub fn query(flag: Flag) {
    let _ = select_from(users::table).select(value(flag).min());
}

fn main() {}
