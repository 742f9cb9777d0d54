mod schema;
use schema::*;

pub fn query() {
    let _ = insert_into(users::table).values(NewUser::new("ann@x.io", 30)).on_conflict(posts::id).do_nothing();
}

fn main() {}
