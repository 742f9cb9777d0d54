//! The SQL of pages, on each server, in `expected/`.

use std::fmt::Write as _;

use kysera::dialect::Compiled;
use kysera::pagination::{Cursors, Keyset, Place};
use kysera::prelude::*;
use kysera::query::output;

use super::schema::{create, items};
use crate::support::{Random, check_file, on_all, show};

/// Writes down the page after the first row of a query, and the one before the last.
async fn write<R: Send + 'static>(name: &str, db: &Db, page: impl Fn(Place) -> Keyset<R>, found: &mut String) {
    let cursors = Cursors::unsigned();
    let first = page(Place::First).fetch(db, &cursors).await.unwrap();
    let last = page(Place::Last).fetch(db, &cursors).await.unwrap();
    let after = page(first.next_cursor.map(Place::After).unwrap()).compile(db.spec(), &cursors).unwrap();
    let before = page(last.prev_cursor.map(Place::Before).unwrap()).compile(db.spec(), &cursors).unwrap();
    _ = writeln!(found, "-- {name}");
    for (place, Compiled { sql, params }) in [("after", after), ("before", before)] {
        let params = params.iter().map(show).collect::<Vec<_>>().join(", ");
        _ = writeln!(found, "{place}: {sql}\n    [{params}]");
    }
    found.push('\n');
}

#[test]
fn pages_in_the_words_of_each_server() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create(db, 12, &mut Random::new(7)).await;
        let query = || select_from(items::table).select((items::id, items::score));
        let mut found = String::new();
        macro_rules! pages {
            ($($name:literal: $query:expr, by $order:expr;)*) => {
                $(write($name, db, |place| $query.paginate_by($order, place, 2), &mut found).await;)*
            };
        }
        pages! {
            "the key alone": query(), by items::id;
            "one way": query(), by (items::grade, items::big);
            "the other way": query(), by (items::grade.desc(), items::id.desc());
            "both ways": query(), by (items::grade, items::big.desc());
            "null where it comes": query(), by items::score;
            "null first": query(), by items::score.asc().nulls_first();
            "null last": query(), by items::score.desc().nulls_last();
            "never null": query(), by items::grade.asc().nulls_last();
            "an expression": query().filter(items::done.eq(true)), by (items::grade + 1).desc();
            "by group": query().group_by(items::grade).select((items::grade, count_all())), by (count_all().desc(), items::grade);
            "an alias": query().select((items::id, (items::grade + 1).alias("next"))), by output("next").desc();
            "each once": query().distinct().select(items::grade), by items::grade;
            "of a limit": query().order_by(items::id).limit(9), by items::grade;
        }
        let by_number = |name: &str, compiled: Compiled, found: &mut String| {
            let params = compiled.params.iter().map(show).collect::<Vec<_>>().join(", ");
            _ = writeln!(found, "-- {name}\n{}\n    [{params}]\n", compiled.sql);
        };
        let spec = db.spec();
        let page = |query| Paginate::paginate(query, 3, 2);
        by_number("by number", page(query().order_by(items::grade.desc())).compile(spec).unwrap(), &mut found);
        by_number("without total", page(query()).without_total().compile(spec).unwrap(), &mut found);
        by_number("total beside rows", page(query()).total_beside_rows().compile(spec).unwrap(), &mut found);
        let both = query().union(query()).order_by(output("score"));
        by_number("of a set operation", both.paginate(3, 2).compile(spec).unwrap(), &mut found);
        check_file(&format!("tests/it/pagination/expected/{}.sql", spec.name.to_lowercase()), &found);
    });
}
