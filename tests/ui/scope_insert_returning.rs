mod schema;
use schema::*;

pub fn query() {
    let _ = insert_into(users::table).values(NewUser::new("a", 1)).returning(posts::id);
}

fn main() {}
