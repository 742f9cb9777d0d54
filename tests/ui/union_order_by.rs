mod schema;
use schema::*;

pub fn query() {
    let email = select_from(users::table).select(users::email);
    let _ = email.clone().union(email).order_by(users::email);
}

fn main() {}
