//! Outer joins of filtered tables keep the rows of the other side, as SQL does that somebody wrote by hand.

use chrono::{DateTime, Utc};
use kysera::ast::Statement;
use kysera::plugin::{RowPolicies, SoftDelete};
use kysera::prelude::*;
use kysera::schema::create_table_for;

use super::escapes::outcome;
use super::shapes::{Item, Mark, NewItem, NewMark, items, marks};
use crate::support::on_all;
use crate::support::servers::Fresh;

struct Tenant(i64);

/// Two items that are seen, the second one without a mark that is, and one that is not; the mark of that one is seen.
async fn fill(db: &Db) {
    create_table_for::<Item>().execute(db).await.unwrap();
    create_table_for::<Mark>().execute(db).await.unwrap();
    let since: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().unwrap();
    for (id, hidden) in [(1, false), (2, false), (3, true)] {
        let row = NewItem { deleted_at: hidden.then_some(since), ..NewItem::new(id, if hidden { 2 } else { 1 }, "a") };
        insert_into(items::table).values(row).execute(db).await.unwrap();
    }
    for (id, item, hidden) in [(1, 1, false), (2, 2, true), (3, 3, false)] {
        let row = NewMark { deleted_at: hidden.then_some(since), ..NewMark::new(id, if hidden { 2 } else { 1 }, item) };
        insert_into(marks::table).values(row).execute(db).await.unwrap();
    }
}

/// The joins, the same by hand where `{table: ..}` is what is demanded of a table, and the rows that must come of them.
fn joins() -> Vec<(&'static str, Statement, &'static str, &'static [&'static str])> {
    let from = || select_from(items::table);
    let on = || marks::item_id.eq(items::id);
    alias!(second = marks);
    vec![
        (
            "inner",
            from().inner_join(marks::table, on()).select((items::id, marks::id)).to_statement(),
            "select items.id, marks.id from items inner join marks on marks.item_id = items.id where {items} and {marks}",
            &["1 1"],
        ),
        (
            "left",
            from().left_join(marks::table, on()).select((items::id, marks::id)).to_statement(),
            "select items.id, marks.id from items left join marks on marks.item_id = items.id and {marks} where {items}",
            &["1 1", "2 null"],
        ),
        (
            "right",
            from().right_join(marks::table, on()).select((items::id, marks::id)).to_statement(),
            "select items.id, marks.id from items right join marks on marks.item_id = items.id and {items} where {marks}",
            &["1 1", "null 3"],
        ),
        (
            "full",
            from().full_join(marks::table, on()).select((items::id, marks::id)).to_statement(),
            "select items.id, marks.id from (select * from items where {items}) as items \
             full join (select * from marks where {marks}) as marks on marks.item_id = items.id",
            &["1 1", "2 null", "null 3"],
        ),
        (
            "left twice",
            from()
                .left_join(marks::table, on())
                .left_join(second, second.item_id.eq(marks::item_id))
                .select((items::id, marks::id, second.id))
                .to_statement(),
            "select items.id, marks.id, second.id from items left join marks on marks.item_id = items.id and {marks} \
             left join marks as second on second.item_id = marks.item_id and {second} where {items}",
            &["1 1 1", "2 null null"],
        ),
        (
            "left, with a filter of its own",
            from()
                .left_join(marks::table, on())
                .filter(marks::id.is_null())
                .select((items::id, marks::id))
                .to_statement(),
            "select items.id, marks.id from items left join marks on marks.item_id = items.id and {marks} \
             where marks.id is null and {items}",
            &["2 null"],
        ),
    ]
}

async fn compare(fresh: &Fresh, db: &Db, demand: impl Fn(&str) -> String) {
    for (name, statement, by_hand, expected) in joins() {
        let found = match outcome(db, &statement).await {
            // MySQL and MariaDB have no full join.
            Err(error) if error.is_unsupported() && name == "full" && fresh.server.spec().quote == '`' => continue,
            found => found.unwrap(),
        };
        assert_eq!(found, expected, "{name}");
        let by_hand = ["items", "marks", "second"]
            .iter()
            .fold(by_hand.to_owned(), |sql, table| sql.replace(&format!("{{{table}}}"), &demand(table)));
        let by_hand: Statement = kysera::expr::raw_unchecked(by_hand).statement();
        assert_eq!(outcome(&fresh.db, &by_hand).await.unwrap(), found, "{name}");
    }
}

#[test]
fn sd14_joins_of_soft_deleted_rows_are_what_one_writes_by_hand() {
    on_all(async |fresh| {
        fill(&fresh.db).await;
        let db = Db::builder(fresh.url.clone()).plugin(SoftDelete::new()).connect().await.unwrap();
        compare(fresh, &db, |table| format!("{table}.deleted_at is null")).await;
    });
}

#[test]
fn rl5_joins_of_the_rows_of_tenants_are_what_one_writes_by_hand() {
    on_all(async |fresh| {
        fill(&fresh.db).await;
        let policies = RowPolicies::new().tenant("tenant_id", |tenant: &Tenant| tenant.0.into());
        let db = Db::builder(fresh.url.clone()).plugin(policies).connect().await.unwrap();
        compare(fresh, &db.with(Tenant(1)), |table| format!("{table}.tenant_id = 1")).await;
    });
}
