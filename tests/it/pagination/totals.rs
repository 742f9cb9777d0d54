//! PG7: totals and pages of queries whose rows are not those of their tables: of groups, of rows that are given once, of
//! set operations and of limits.

use std::fmt::Debug;

use kysera::expr::call;
use kysera::pagination::Offset;
use kysera::prelude::*;
use kysera::query::output;

use super::schema::{create, items};
use crate::support::{Random, on_all};

/// All pages are what the query gives, and the total is how many that are.
async fn all_pages<R: Clone + Debug + PartialEq>(
    name: &str,
    db: &Db,
    expected: Vec<R>,
    count: u64,
    page: impl Fn(i64) -> Offset<R>,
) {
    let context = format!("{}: {name}", db.spec().name);
    assert_eq!(count, expected.len() as u64, "{context}");
    let mut found = Vec::new();
    for number in 1.. {
        let counted = page(number).fetch(db).await.unwrap_or_else(|error| panic!("{context}: {error:?}"));
        let beside = page(number).total_beside_rows().fetch(db).await.unwrap();
        let unknown = page(number).without_total().fetch(db).await.unwrap();
        assert_eq!((counted.total, &counted), (Some(count), &beside), "{context}");
        assert_eq!((&unknown.data, unknown.has_next), (&counted.data, counted.has_next), "{context}");
        found.extend(counted.data);
        if !counted.has_next {
            break;
        }
    }
    assert_eq!(found, expected, "{context}");
}

#[test]
fn pg7_totals_of_rows_that_are_made() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create(db, 30, &mut Random::new(30)).await;
        let query = || select_from(items::table);
        macro_rules! pages {
            ($($name:literal: $query:expr;)*) => {
                $(
                    let expected = $query.fetch_all(db).await.unwrap_or_else(|error| panic!("{}: {error:?}", $name));
                    let count = $query.fetch_count(db).await.unwrap_or_else(|error| panic!("{}: {error:?}", $name));
                    all_pages($name, db, expected, count, |number| $query.paginate(number, 3)).await;
                )*
            };
        }
        let groups = || query().group_by((items::grade, items::score)).order_by((items::grade, items::score));
        pages! {
            "group by": groups().select((items::grade, items::score, count_all()));
            "group by, of which nothing is selected": groups().select(count_all());
            "group by an expression": query().group_by(items::grade + 1).order_by(items::grade + 1)
                .select((items::grade + 1, items::big.max()));
            "having": groups().having(count_all().gt(1)).select((items::grade, items::score));
            "having of all": query().having(count_all().gt(1)).select(count_all());
            "having of none": query().having(count_all().lt(1)).select(count_all());
            "an aggregate": query().select((count_all(), items::score.max()));
            "distinct": query().distinct().order_by((items::grade, items::score)).select((items::grade, items::score));
            "distinct groups": query().distinct().group_by(items::score).order_by(count_all()).select(count_all());
            "limit": query().order_by(items::id).limit(7);
            "offset": query().order_by(items::id.desc()).limit(100).offset(25);
            "limit of groups": groups().limit(4).select((items::grade, items::score));
            "limit of distinct rows": query().distinct().order_by(items::score).limit(2).select(items::score);
            "limit of nothing": query().limit(0);
            "a call": query().order_by(items::id).select((items::id, call::<i64, _>("abs", (items::big,))));
            "text": query().order_by(items::id).select((items::id, sql!("{} + 1", items::big).typed::<i64>()));
        }
        let (low, high) = (
            || query().filter(items::id.le(20)).select((items::grade, items::score)),
            || query().filter(items::id.gt(12)).select((items::grade, items::score)),
        );
        pages! {
            "union": low().union(high()).order_by((output("grade"), output("score")));
            "union all": low().union_all(high()).order_by((output("grade"), output("score")));
            "except": low().except(high()).order_by((output("grade").desc(), output("score").desc()));
            "intersect": low().intersect(high()).order_by((output("grade"), output("score")));
            "limit of a union": low().union_all(high()).order_by((output("grade"), output("score"))).limit(8).offset(1);
        }
    });
}
