mod schema;
use schema::*;

pub fn query() {
    let _ = insert_into(users::table).values(NewUser::new("ann@x.io", 30)).on_conflict(users::email).do_update(posts::title.excluded());
}

fn main() {}
