mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).filter(sql!("{} = {}", users::age, None::<i32>));
}

fn main() {}
