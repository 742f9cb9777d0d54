mod schema;
use schema::*;

pub fn query() {
    let totals_of_users = select_from(posts::table).group_by(posts::user_id).select((posts::user_id, posts::id.count()));
    let _ = with(totals::table, totals_of_users).select_from(users::table).filter(totals::count.gt(1));
}

fn main() {}
