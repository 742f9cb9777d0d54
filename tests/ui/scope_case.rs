mod schema;
use schema::*;

pub fn query() {
    let label = case::<String>().when(posts::published, "yes").otherwise("no");
    let _ = select_from(users::table).select(label);
}

fn main() {}
