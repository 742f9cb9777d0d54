mod schema;
use schema::*;

pub fn query() {
    let limit = 20_u32;
    let _ = select_from(users::table).paginate(1, limit);
}

fn main() {}
