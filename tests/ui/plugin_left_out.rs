mod schema;
use kysera::plugin::RowPolicies;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).without::<RowPolicies>();
}

fn main() {}
