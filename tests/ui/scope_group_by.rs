mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).group_by(posts::id);
}

fn main() {}
