mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).when(true, |q| q.filter(posts::published));
}

fn main() {}
