mod schema;
use kysera::plugin::TenantSchema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).without::<TenantSchema>();
}

fn main() {}
