mod schema;
use schema::*;

pub fn query() {
    alias!(manager = users, boss = users);
    let _ = select_from(manager).order_by(boss.id);
}

fn main() {}
