//! Audit and soft deletes together, in either order.

use kysera::plugin::{Actor, Audit, SoftDelete};
use kysera::prelude::*;

use super::{prepared, thing, things, told};
use crate::support::on_all;

#[test]
fn au12_sd18_what_is_recorded_is_what_happens_to_rows() {
    on_all(async |fresh| {
        let audit = Audit::new();
        prepared(fresh, &audit).await;
        let builder = || Db::builder(fresh.url.clone());
        let one = builder().plugin(audit.clone()).plugin(SoftDelete::new()).connect().await.unwrap();
        let other = builder().plugin(SoftDelete::new()).plugin(audit.clone()).connect().await.unwrap();
        let (mut seen, mut id) = (0, 0);
        for db in [one, other] {
            let db = db.with(Actor::new(7_i64));
            insert_into(things::table)
                .values(["a", "b", "c"].map(|it| thing(&format!("{it}{id}"))))
                .execute(&db)
                .await
                .unwrap();
            told(&audit, &db, &mut seen).await;
            let deletes = || delete_from(things::table);
            assert_eq!(deletes().filter(things::id.eq(id + 1)).execute(&db).await.unwrap().rows_affected, 1);
            let entry = format!("update things {} deleted_at:null>20 updated_by:null>7", id + 1);
            assert_eq!(told(&audit, &db, &mut seen).await, [entry]);
            assert_eq!(deletes().filter(things::id.gt(id)).execute(&db).await.unwrap().rows_affected, 2, "the others");
            let entries = told(&audit, &db, &mut seen).await;
            let expected = [2, 3].map(|at| format!("update things {} deleted_at:null>20 updated_by:null>7", id + at));
            assert_eq!(entries, expected);
            // Restored: one, and the rest.
            let restore = |rows| {
                let q = update(things::table).set(things::deleted_at.to(None)).filter(rows);
                q.with(SoftDelete::only_deleted()).execute(&db)
            };
            assert_eq!(restore(things::id.eq(id + 1)).await.unwrap().rows_affected, 1);
            assert_eq!(told(&audit, &db, &mut seen).await, [format!("update things {} deleted_at:20>null", id + 1)]);
            assert_eq!(restore(things::id.gt(id + 1)).await.unwrap().rows_affected, 2);
            assert_eq!(told(&audit, &db, &mut seen).await.len(), 2);
            // Really deleted, live and marked ones.
            deletes().filter(things::id.eq(id + 1)).execute(&db).await.unwrap();
            let hard = deletes().filter(things::id.gt(id)).with(SoftDelete::hard_delete());
            assert_eq!(hard.execute(&db).await.unwrap().rows_affected, 3);
            let entries = told(&audit, &db, &mut seen).await;
            assert_eq!(entries.len(), 4);
            assert!(entries[1..].iter().all(|it| it.starts_with("delete things")), "{entries:?}");
            id += 3;
        }
    });
}

#[test]
fn au12_a_soft_delete_is_taken_back_by_restoring() {
    on_all(async |fresh| {
        let audit = Audit::new();
        prepared(fresh, &audit).await;
        let db =
            Db::builder(fresh.url.clone()).plugin(audit.clone()).plugin(SoftDelete::new()).connect().await.unwrap();
        insert_into(things::table).values(thing("a")).execute(&db).await.unwrap();
        delete_from(things::table).all_rows().execute(&db).await.unwrap();
        assert!(select_from(things::table).fetch_all(&db).await.unwrap().is_empty());
        let entries = audit.history().of(things::table).fetch_all(&db).await.unwrap();
        audit.restore(things::table, entries[0].id(), &db).await.unwrap();
        assert_eq!(select_from(things::table).fetch_all(&db).await.unwrap().len(), 1);
    });
}
