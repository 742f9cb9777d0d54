mod schema;
use schema::*;

#[derive(kysera::SqlType)]
pub struct Flag(bool);

pub fn query() {
    let _ = select_from(users::table).select(users::id.eq(1).max());
    let _ = select_from(users::table).select(value(Flag(true)).min());
    let _ = select_from(users::table).select(value(vec![1_u8]).min());
}

fn main() {}
