//! When a row that is deleted and restored was last changed.

use kysera::plugin::{SoftDelete, Timestamps};
use kysera::prelude::*;
use kysera::schema::create_table_for;

use super::timestamps::{long_ago, recent};
use crate::support::on_all;

type Instant = chrono::DateTime<chrono::Utc>;

/// Things that say by another column when they were deleted.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "papers")]
pub struct Paper {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
    pub created_at: Option<Instant>,
    pub updated_at: Option<Instant>,
    pub removed_at: Option<Instant>,
}

#[test]
fn ts11_a_soft_delete_by_any_column_is_no_change() {
    on_all(async |fresh| {
        create_table_for::<Paper>().execute(&fresh.db).await.unwrap();
        let removal = || SoftDelete::new().named("removal").column("removed_at");
        let timestamps = || Timestamps::new().updated_on_insert();
        let builder = || Db::builder(fresh.url.clone()).table(papers::table);
        let of_two = builder().plugin(timestamps()).plugin(removal().only(["papers"])).plugin(SoftDelete::new());
        let opened = [
            builder().plugin(timestamps()).plugin(removal()),
            builder().plugin(removal()).plugin(timestamps()),
            of_two,
        ];
        for builder in opened {
            let db = builder.connect().await.unwrap();
            delete_from(papers::table).all_rows().execute(&fresh.db).await.unwrap();
            let made = |id: i64| NewPaper { created_at: Some(long_ago()), ..NewPaper::new(id, "x") };
            let made = |id: i64| NewPaper { updated_at: Some(long_ago()), ..made(id) };
            insert_into(papers::table).values([made(1), made(2), made(3)]).execute(&db).await.unwrap();
            let times = async || {
                let columns = (papers::created_at, papers::updated_at, papers::removed_at.is_not_null());
                let all = select_from(papers::table).order_by(papers::id).select(columns);
                all.fetch_all(&fresh.db).await.unwrap()
            };
            let old = |removed: bool| (Some(long_ago()), Some(long_ago()), removed);
            // One, and those of a condition.
            delete_from(papers::table).filter(papers::id.eq(1)).execute(&db).await.unwrap();
            assert_eq!(times().await, [old(true), old(false), old(false)]);
            delete_from(papers::table).filter(papers::id.ge(1)).execute(&db).await.unwrap();
            assert_eq!(times().await, [old(true), old(true), old(true)]);
            let deleted = select_from(papers::table).with(SoftDelete::only_deleted()).fetch_all(&db).await.unwrap();
            assert!(deleted.iter().all(|it| it.created_at == Some(long_ago()) && it.updated_at == Some(long_ago())));
            let restore = update(papers::table).set(papers::removed_at.to(None)).filter(papers::id.le(2));
            restore.with(SoftDelete::only_deleted()).execute(&db).await.unwrap();
            assert_eq!(times().await, [old(false), old(false), old(true)]);
            // And then a change is one again, also one that deletes too.
            update(papers::table).set(papers::title.to("y")).filter(papers::id.eq(1)).execute(&db).await.unwrap();
            let both = (papers::title.to("z"), papers::removed_at.to(Some(long_ago())));
            update(papers::table).set(both).filter(papers::id.eq(2)).execute(&db).await.unwrap();
            let now = times().await;
            assert!(now[0].1.is_some_and(recent) && now[1].1.is_some_and(recent) && now[2] == old(true), "{now:?}");
            assert!(now.iter().all(|it| it.0 == Some(long_ago())));
            db.close().await.unwrap();
        }
        // Of a table that it is not for, the column is one among others.
        let db = builder().plugin(timestamps()).plugin(removal().except(["PAPERS"])).connect().await.unwrap();
        let set = update(papers::table).set(papers::removed_at.to(None)).filter(papers::id.eq(3));
        set.execute(&db).await.unwrap();
        let third = select_from(papers::table).filter(papers::id.eq(3)).select(papers::updated_at);
        assert!(third.fetch_one(&fresh.db).await.unwrap().is_some_and(recent));
    });
}
