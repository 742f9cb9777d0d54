mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).group_by(users::age).having(posts::id.count().gt(1)).select(users::age);
}

fn main() {}
