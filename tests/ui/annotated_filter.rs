mod schema;
use schema::*;

struct Reason;

pub fn filtered() {
    let _ = select_from(posts::table).with(Reason).filter(posts::id.eq(1));
}

fn main() {}
