//! What soft deletes refuse, because rows would be seen or lost without a word.

use chrono::{DateTime, Utc};
use kysera::plugin::SoftDelete;
use kysera::prelude::*;
use kysera::schema::create_table_for;

use crate::support::on_all;

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "flags")]
pub struct Flag {
    #[column(primary_key)]
    pub id: i64,
    pub is_deleted: bool,
    pub deleted_at: Option<DateTime<Utc>>,
}

#[test]
fn text_cannot_end_the_filter() {
    on_all(async |fresh| {
        create_table_for::<Flag>().execute(&fresh.db).await.unwrap();
        let gone: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().unwrap();
        let row = NewFlag { deleted_at: Some(gone), ..NewFlag::new(1, false) };
        insert_into(flags::table).values([row, NewFlag::new(2, false)]).execute(&fresh.db).await.unwrap();
        let db = Db::builder(fresh.url.clone()).plugin(SoftDelete::new()).connect().await.unwrap();
        let q = select_from(flags::table).select(flags::id);
        for statement in [
            q.clone().filter(sql!("1=1) or (1=1")),
            q.clone().filter(sql!("1=1) --")),
            q.clone().filter(sql!("1=1 or 1=1 /*")),
            q.clone().filter(sql!("1=1); select (1")),
        ] {
            let error = statement.fetch_all(&db).await.unwrap_err();
            assert!(error.is_invalid() && error.to_string().contains("`soft delete`"), "{error}");
        }
        assert_eq!(q.clone().filter(sql!("1=1 or 1=1")).fetch_all(&db).await.unwrap(), [2]);
        let called = q.clone().filter(sql!("coalesce({}, 0) in (1, 2) and ')' <> '('", flags::id));
        assert_eq!(called.fetch_all(&db).await.unwrap(), [2]);
        // Where nothing is filtered, text is the program's.
        let all = q.filter(sql!("1=1 -- all")).with(SoftDelete::include_deleted());
        assert_eq!(all.fetch_all(&db).await.unwrap().len(), 2);
    });
}

#[test]
fn a_column_that_cannot_say_it_is_refused() {
    on_all(async |fresh| {
        create_table_for::<Flag>().execute(&fresh.db).await.unwrap();
        insert_into(flags::table).values(NewFlag::new(1, false)).execute(&fresh.db).await.unwrap();
        let refusals = [
            (SoftDelete::new().column("is_deleted"), "the column `is_deleted` of `flags` is never `null`"),
            (SoftDelete::new().column("delete_at").only(["flags"]), "declared without the column `delete_at`"),
        ];
        for (plugin, expected) in refusals {
            let db = Db::builder(fresh.url.clone()).plugin(plugin).connect().await.unwrap();
            let delete = delete_from(flags::table).all_rows().execute(&db).await.map(|_| ());
            let read = select_from(flags::table).fetch_all(&db).await.map(|_| ());
            for error in [delete.unwrap_err(), read.unwrap_err()] {
                let why = std::error::Error::source(&error).unwrap().to_string();
                assert!(error.is_invalid() && why.contains(expected), "{why}");
            }
        }
        assert_eq!(select_from(flags::table).fetch_all(&fresh.db).await.unwrap().len(), 1);
    });
}
