//! What soft deletes refuse, because rows would be seen or lost without a word.

use chrono::{DateTime, Utc};
use kysera::plugin::SoftDelete;
use kysera::prelude::*;
use kysera::schema::create_table_for;

use super::why;
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
        let all = q.filter(sql!("1=1 /* all */")).with(SoftDelete::include_deleted());
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
                let why = why(&error);
                assert!(error.is_invalid() && why.contains(expected), "{why}");
            }
        }
        assert_eq!(select_from(flags::table).fetch_all(&fresh.db).await.unwrap().len(), 1);
    });
}

/// A table without soft deletes.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "logs")]
pub struct Log {
    #[column(primary_key)]
    pub id: i64,
}

#[test]
fn a_column_that_is_misspelled_deletes_nothing() {
    on_all(async |fresh| {
        create_table_for::<Flag>().execute(&fresh.db).await.unwrap();
        create_table_for::<Log>().execute(&fresh.db).await.unwrap();
        insert_into(flags::table).values(NewFlag::new(1, false)).execute(&fresh.db).await.unwrap();
        insert_into(logs::table).values([NewLog::new(1), NewLog::new(2)]).execute(&fresh.db).await.unwrap();
        let builder = || Db::builder(fresh.url.clone());
        let misspelled = || SoftDelete::new().column("delete_at");
        // Where tables were given, the database is not made.
        let missing = "none of its tables has the column `delete_at`, which says when a row was deleted";
        let never = "the column `is_deleted` of `flags` is never `null`, so it cannot say that a row is not deleted";
        let declared =
            "the table `flags` is declared without the column `delete_at`, which says when a row was deleted";
        for (builder, expected) in [
            (builder().plugin(misspelled()).table(flags::table).table(logs::table), missing),
            (builder().plugin(misspelled().except(["logs"])).table(flags::table).table(logs::table), missing),
            (builder().plugin(misspelled().only(["Flags"])).table(flags::table), declared),
            (builder().plugin(SoftDelete::new().column("is_deleted")).table(flags::table), never),
        ] {
            let error = builder.connect().await.unwrap_err();
            assert!(error.is_invalid(), "{error}");
            assert_eq!(error.to_string(), format!("the plugin `soft delete` refused this database: {expected}"));
        }
        // Where none was given, none is deleted from that has no such column, unless that is meant.
        let all = || delete_from(flags::table).all_rows();
        let db = builder().plugin(misspelled()).connect().await.unwrap();
        let brought = all().plugin(misspelled());
        for error in [all().execute(&db).await.unwrap_err(), brought.execute(&fresh.db).await.unwrap_err()] {
            assert!(error.is_invalid());
            let why = "no table is known to have the column `delete_at`, so the rows would not stay; give the database one \
                       that has it by `Builder::table`, or say `SoftDelete::hard_delete()`";
            assert_eq!(error.to_string(), format!("the plugin `soft delete` refused this delete of `flags`: {why}"));
        }
        assert_eq!(select_from(flags::table).fetch_all(&db).await.unwrap().len(), 1);
        let one = || delete_from(logs::table).filter(logs::id.eq(1));
        one().with(SoftDelete::hard_delete()).execute(&db).await.unwrap();
        // What is excepted, and what another table is known to have, is no mistake; nor is the usual column.
        let right = || SoftDelete::new().column("deleted_at");
        for builder in [
            builder().plugin(misspelled().except(["logs"])),
            builder().plugin(misspelled().except(["logs"])).table(logs::table),
            builder().plugin(right()).table(flags::table),
            builder().plugin(right()).table(flags::table).table(logs::table),
            builder().plugin(SoftDelete::new()),
            builder().plugin(SoftDelete::new()).table(logs::table),
        ] {
            insert_into(logs::table).values(NewLog::new(1)).execute(&fresh.db).await.unwrap();
            let db = builder.connect().await.unwrap();
            assert_eq!(one().execute(&db).await.unwrap().rows_affected, 1);
            db.close().await.unwrap();
        }
    });
}
