//! What the derives make.
use kysera::Table;
use kysera::table::{BaseTable, Table as _};

#[derive(Debug, Clone, PartialEq, Table)]
pub struct User {
    #[column(primary_key, generated)]
    pub id: i64,
    pub email: String,
    #[column(references(users::id, on_delete = "cascade"))]
    pub boss: Option<i64>,
}

#[test]
fn basic() {
    #[derive(Table)]
    struct Local {
        id: i64,
        user: Option<i64>,
        #[column(references(users::id))]
        u: i64,
    }
    assert_eq!(users::email.name(), "email");
    assert_eq!(format!("{:?}", locals::user), "locals.user");
    let _ = (NewUser::new("a"), UserPatch::default());
    let _ = users::table::DESCRIPTION;
    let _ = users::table.description();
}

#[test]
fn aliases() {
    kysera::alias!(manager = users, boss = self::users,);
    assert_eq!(format!("{manager:?} {:?} {:?}", manager.boss, boss.email), "manager manager.boss boss.email");
}
