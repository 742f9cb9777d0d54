//! What travels with handles, and how a statement says otherwise.

use chrono::{DateTime, Utc};
use kysera::plugin::{RowPolicies, SoftDelete, Timestamps};
use kysera::prelude::*;
use kysera::schema::create_table_for;

use super::shapes::{Item, NewItem, items};
use super::soft_delete::{NewNote, NewPaper, NewPerson, Note, Paper, Person, notes, papers, people};
use crate::support::on_all;
use crate::support::servers::Fresh;

struct Tenant(i64);

/// Four items of two tenants.
async fn of_tenants(fresh: &Fresh) -> Db {
    create_table_for::<Item>().execute(&fresh.db).await.unwrap();
    let rows: Vec<_> = (1..=4).map(|id| NewItem::new(id, 1 + id % 2, "a")).collect();
    insert_into(items::table).values(rows).execute(&fresh.db).await.unwrap();
    let plugin = RowPolicies::new().tenant("tenant_id", |tenant: &Tenant| tenant.0.into());
    Db::builder(fresh.url.clone()).plugin(plugin).connect().await.unwrap()
}

#[test]
fn a_value_travels_with_some_statements_of_a_transaction() {
    on_all(async |fresh| {
        let db = of_tenants(fresh).await;
        let ids = || select_from(items::table).order_by(items::id).select(items::id);
        let change = || update(items::table).set(items::kind.to("b")).all_rows();
        db.transaction(async |trx| {
            assert!(ids().fetch_all(trx).await.is_err(), "nobody asks yet");
            let one = trx.with(Tenant(1));
            assert_eq!(ids().fetch_all(&one).await?, [2, 4]);
            assert_eq!(ids().fetch_all(&one.with(Tenant(2))).await?, [1, 3]);
            assert_eq!(change().execute(&one).await?.rows_affected, 2);
            assert!(ids().fetch_all(trx).await.is_err(), "the transaction itself is as it was");
            // What is begun on it keeps it, and is a part of the transaction.
            let failed: Result<()> = one
                .transaction(async |inner| {
                    assert_eq!(delete_from(items::table).all_rows().execute(inner).await?.rows_affected, 2);
                    assert!(ids().fetch_all(&trx.with(Tenant(1))).await.is_err(), "the inner one is open");
                    inner
                        .with(Tenant(2))
                        .transaction(async |inner| {
                            assert_eq!(ids().fetch_all(inner).await?, [1, 3]);
                            Ok(())
                        })
                        .await?;
                    Err(Error::invalid("roll back"))
                })
                .await;
            assert!(failed.is_err());
            assert_eq!(ids().fetch_all(&one).await?, [2, 4]);
            drop(one);
            Ok(())
        })
        .await
        .unwrap();
        let changed = select_from(items::table).filter(items::kind.eq("b")).order_by(items::id).select(items::id);
        assert_eq!(changed.fetch_all(&fresh.db).await.unwrap(), [2, 4]);
    });
}

#[test]
fn a_value_travels_with_some_statements_of_a_connection() {
    on_all(async |fresh| {
        let db = of_tenants(fresh).await;
        let ids = || select_from(items::table).order_by(items::id).select(items::id);
        let connection = db.acquire().await.unwrap();
        assert!(ids().fetch_all(&connection).await.is_err());
        let one = connection.with(Tenant(1));
        assert_eq!(ids().fetch_all(&one).await.unwrap(), [2, 4]);
        let trx = one.begin().await.unwrap();
        assert_eq!(delete_from(items::table).all_rows().execute(&trx).await.unwrap().rows_affected, 2);
        trx.rollback().await.unwrap();
        assert_eq!(ids().fetch_all(&one).await.unwrap(), [2, 4]);
        let error = one.try_transaction::<(), Error>(async |trx| {
            delete_from(items::table).all_rows().execute(trx).await?;
            Err(Error::not_found())
        });
        assert!(error.await.unwrap_err().is_not_found());
        assert_eq!(ids().fetch_all(&one).await.unwrap(), [2, 4]);
    });
}

fn long_ago() -> DateTime<Utc> {
    "2001-02-03T04:05:06Z".parse().unwrap()
}

/// Ann, who is deleted, and Bob, each with a note that is deleted and one that is not.
async fn with_deleted(fresh: &Fresh) -> Db {
    create_table_for::<Person>().execute(&fresh.db).await.unwrap();
    create_table_for::<Note>().execute(&fresh.db).await.unwrap();
    let ann = NewPerson { deleted_at: Some(long_ago()), ..NewPerson::new("Ann") };
    insert_into(people::table).values([ann, NewPerson::new("Bob")]).execute(&fresh.db).await.unwrap();
    let note = |person, text: &str, deleted_at| NewNote { deleted_at, ..NewNote::new(person, text) };
    let notes = [
        note(1, "of ann", None),
        note(1, "of ann, deleted", Some(long_ago())),
        note(2, "of bob", None),
        note(2, "of bob, deleted", Some(long_ago())),
    ];
    insert_into(notes::table).values(notes).execute(&fresh.db).await.unwrap();
    Db::builder(fresh.url.clone()).plugin(SoftDelete::new()).connect().await.unwrap()
}

#[test]
fn a_statement_takes_back_what_its_handle_says_of_deleted_rows() {
    on_all(async |fresh| {
        let db = with_deleted(fresh).await;
        let names = || select_from(people::table).order_by(people::id).select(people::name);
        let all = db.with(SoftDelete::include_deleted());
        assert_eq!(names().fetch_all(&all).await.unwrap(), ["Ann", "Bob"]);
        assert_eq!(names().with(SoftDelete::exclude_deleted()).fetch_all(&all).await.unwrap(), ["Bob"]);
        assert_eq!(names().with(SoftDelete::only_deleted()).fetch_all(&all).await.unwrap(), ["Ann"]);
        let again = all.with(SoftDelete::exclude_deleted());
        assert_eq!(names().fetch_all(&again).await.unwrap(), ["Bob"]);

        let hard = db.with(SoftDelete::hard_delete());
        let bob = || delete_from(people::table).filter(people::name.eq("Bob"));
        assert_eq!(bob().with(SoftDelete::soft_delete()).execute(&hard).await.unwrap().rows_affected, 1);
        assert_eq!(names().fetch_all(&fresh.db).await.unwrap(), ["Ann", "Bob"], "it is there still");
        assert!(names().fetch_all(&db).await.unwrap().is_empty());
        assert_eq!(bob().execute(&hard).await.unwrap().rows_affected, 1);
        assert_eq!(names().fetch_all(&fresh.db).await.unwrap(), ["Ann"]);
    });
}

#[test]
fn what_is_said_of_two_tables_holds_for_both() {
    on_all(async |fresh| {
        let db = with_deleted(fresh).await;
        let both = || {
            select_from(people::table)
                .inner_join(notes::table, notes::person_id.eq(people::id))
                .order_by(notes::id)
                .select((people::name, notes::text))
        };
        let rows = |rows: &[(&str, &str)]| rows.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect::<Vec<_>>();
        let everyone = || SoftDelete::include_deleted().of(["people"]);
        let gone = || SoftDelete::only_deleted().of(["notes"]);
        let expected: Vec<(String, String)> = rows(&[("Ann", "of ann, deleted"), ("Bob", "of bob, deleted")]);
        assert_eq!(both().with(everyone()).with(gone()).fetch_all(&db).await.unwrap(), expected);
        assert_eq!(both().with(gone()).with(everyone()).fetch_all(&db).await.unwrap(), expected);
        assert_eq!(both().with(gone()).fetch_all(&db.with(everyone())).await.unwrap(), expected);
        // Of one table, what is said last.
        let last = both().with(everyone()).with(SoftDelete::exclude_deleted().of(["people"]));
        assert_eq!(last.fetch_all(&db).await.unwrap(), rows(&[("Bob", "of bob")]));
    });
}

#[test]
fn two_of_a_kind_have_names_of_their_own() {
    on_all(async |fresh| {
        create_table_for::<Note>().execute(&fresh.db).await.unwrap();
        create_table_for::<Paper>().execute(&fresh.db).await.unwrap();
        insert_into(notes::table).values(NewNote::new(1, "note")).execute(&fresh.db).await.unwrap();
        insert_into(papers::table).values(NewPaper::new("paper")).execute(&fresh.db).await.unwrap();
        let papers_too = SoftDelete::new().named("removal").column("removed_at").only(["papers"]);
        let stamps = Timestamps::new().created("removed_at").updated("removed_at").named("stamps").only(["nothing"]);
        let db = Db::builder(fresh.url.clone())
            .plugin(SoftDelete::new())
            .plugin(papers_too)
            .plugin(Timestamps::new())
            .plugin(stamps)
            .connect()
            .await
            .unwrap();
        assert_eq!(delete_from(notes::table).all_rows().execute(&db).await.unwrap().rows_affected, 1);
        assert_eq!(delete_from(papers::table).all_rows().execute(&db).await.unwrap().rows_affected, 1);
        assert!(select_from(notes::table).fetch_all(&db).await.unwrap().is_empty());
        assert!(select_from(papers::table).fetch_all(&db).await.unwrap().is_empty());
        assert!(select_from(notes::table).fetch_one(&fresh.db).await.unwrap().deleted_at.is_some());
        assert!(select_from(papers::table).fetch_one(&fresh.db).await.unwrap().removed_at.is_some());
        let again = db.without_plugin("removal").unwrap();
        assert_eq!(select_from(papers::table).fetch_all(&again).await.unwrap().len(), 1);
        let twice = Db::builder(fresh.url.clone()).plugin(SoftDelete::new()).plugin(SoftDelete::new()).connect().await;
        assert_eq!(twice.unwrap_err().to_string(), "there are two plugins named `soft delete`");
    });
}
