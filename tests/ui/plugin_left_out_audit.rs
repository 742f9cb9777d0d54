mod schema;
use kysera::plugin::Audit;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).without::<Audit>();
}

fn main() {}
