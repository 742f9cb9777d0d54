mod schema;
use schema::*;

pub fn query() {
    let _ = update(users::table).set(PostPatch::default());
}

fn main() {}
