mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).group_by(users::id).having(users::age.max().eq("x"));
}

fn main() {}
