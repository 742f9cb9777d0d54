mod schema;
use schema::*;

pub fn query() {
    let _ = insert_into(users::table).values(NewUser::new("a@x.io", "Ann")).paginate_by(users::id, None, 20);
}

fn main() {}
