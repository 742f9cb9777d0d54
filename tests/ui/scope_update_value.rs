mod schema;
use schema::*;

pub fn query() {
    let _ = update(users::table).set((users::age.to(1), users::email.to(posts::title)));
}

fn main() {}
