mod schema;
use schema::*;

pub fn query() {
    let _ = select_from(users::table).filter(sql!("email like '%{}%'", "ann"));
}

fn main() {}
