mod schema;
use schema::*;

pub fn query() {
    let _ = delete_from(users::table).using(posts::table).filter(comments::post_id.eq(posts::id));
}

fn main() {}
