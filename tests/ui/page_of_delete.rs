mod schema;
use schema::*;

pub fn query() {
    let _ = delete_from(users::table).all_rows().paginate_by(users::id, None, 20);
}

fn main() {}
