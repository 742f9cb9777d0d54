mod schema;
use schema::*;

use kysera::plugin::SoftDelete;

pub fn tree() {
    let all = select_from(posts::table).without::<SoftDelete>();
    let _ = all.to_statement();
}

fn main() {}
