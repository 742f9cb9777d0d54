mod schema;
use schema::*;

use kysera::plugin::SoftDelete;

pub fn query() {
    let per_user = select_from(posts::table).group_by(posts::user_id).select((posts::user_id, posts::id.count()));
    let _ = with(totals::table, per_user.with(SoftDelete::include_deleted()));
}

fn main() {}
