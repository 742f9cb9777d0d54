mod schema;
use kysera::plugin::ReadOnly;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).without::<ReadOnly>();
}

fn main() {}
