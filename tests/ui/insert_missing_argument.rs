mod schema;
use schema::*;

pub fn query() {
    let _ = insert_into(users::table).values(NewUser::new("ann@x.io"));
}

fn main() {}
