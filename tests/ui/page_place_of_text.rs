mod schema;
use schema::*;

pub fn query() {
    let after = String::from("AQEB");
    let _ = select_from(users::table).paginate_by(users::id, after, 20);
}

fn main() {}
