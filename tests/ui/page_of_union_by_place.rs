mod schema;
use schema::*;

pub fn query() {
    let all = select_from(users::table).select(users::id).union(select_from(posts::table).select(posts::id));
    let _ = all.paginate_by(users::id, None, 20);
}

fn main() {}
