mod schema;
use kysera::plugin::{Audit, ReadOnly, RowPolicies, TenantSchema};
use schema::*;

pub fn query() {
    let _ = select_from(users::table).without::<RowPolicies>();
    let _ = select_from(users::table).without::<Audit>();
    let _ = select_from(users::table).without::<ReadOnly>();
    let _ = select_from(users::table).without::<TenantSchema>();
}

fn main() {}
