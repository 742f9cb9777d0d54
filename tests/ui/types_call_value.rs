mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).select(kysera::expr::call::<String, _>("lower", ("X",)));
}

fn main() {}
