mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).paginate_by("name", None, 20);
}

fn main() {}
