//! PG7: keys of text, in collations that take little for the same or much.

use kysera::expr::{Of, Ordered};
use kysera::prelude::*;

use super::walking::there_and_back;
use crate::support::servers::Fresh;
use crate::support::{Server, on_all};

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "words")]
pub struct Word {
    #[column(primary_key)]
    id: i64,
    word: String,
    other: Option<String>,
}

/// Words of which one collation or another takes some for the same: by case, by accents, by spaces at the end, by how a letter
/// is written.
const WORDS: [&str; 34] = [
    "a",
    "A",
    "\u{e1}",
    "\u{c1}",
    "a\u{301}",
    "\u{e4}",
    "\u{c4}",
    "ae",
    "\u{e6}",
    "aa",
    "\u{e5}",
    "b",
    "B",
    "b ",
    "B  ",
    "",
    " ",
    "z",
    "Z",
    "ss",
    "\u{df}",
    "SS",
    "i",
    "I",
    "\u{131}",
    "\u{130}",
    "10",
    "9",
    "co-op",
    "coop",
    "CO-OP",
    "\u{1f642}",
    "\u{1f643}",
    "_",
];

/// The collations of a server, as a column has them, and what must be said before.
fn collations(server: Server) -> &'static [(&'static str, &'static str)] {
    match server {
        Server::Sqlite => &[("", "text"), ("", "text collate nocase"), ("", "text collate rtrim")],
        Server::Postgres15 | Server::Postgres18 => &[
            ("", "text"),
            ("", "text collate \"C\""),
            ("", "text collate \"und-x-icu\""),
            (
                "create collation no_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
                "text collate no_case",
            ),
            (
                "create collation no_accents (provider = icu, locale = 'und-u-ks-level1', deterministic = false)",
                "varchar(20) collate no_accents",
            ),
        ],
        Server::Mysql9 => &[
            ("", "varchar(20) collate utf8mb4_0900_ai_ci"),
            ("", "varchar(20) collate utf8mb4_0900_as_cs"),
            ("", "text collate utf8mb4_general_ci"),
            ("", "varchar(20) collate utf8mb4_unicode_520_ci"),
            ("", "varchar(20) collate utf8mb4_bin"),
            ("", "text collate utf8mb4_0900_bin"),
        ],
        Server::Mariadb => &[
            ("", "varchar(20) collate utf8mb4_general_ci"),
            ("", "text collate utf8mb4_unicode_ci"),
            ("", "varchar(20) collate utf8mb4_unicode_nopad_ci"),
            ("", "varchar(20) collate uca1400_as_cs"),
            ("", "varchar(20) collate utf8mb4_bin"),
            ("", "text collate utf8mb4_nopad_bin"),
        ],
    }
}

async fn fill(fresh: &Fresh, (before, of_type): (&str, &str)) {
    let run = async |sql: &str| {
        fresh.db.batch_unchecked(sql).await.unwrap_or_else(|error| panic!("{sql}: {:?}", error.as_database()));
    };
    if !before.is_empty() {
        run(before).await;
    }
    run("drop table if exists words").await;
    run(&format!("create table words (id bigint primary key, word {of_type} not null, other {of_type})")).await;
    let word = |(at, word): (usize, &&str)| {
        let other = Some(WORDS[(at * 7 + 3) % WORDS.len()].into()).filter(|_| at % 3 > 0);
        NewWord { other, ..NewWord::new(i64::try_from(at).unwrap(), *word) }
    };
    // Most of them twice.
    let words = WORDS.iter().chain(&WORDS[..20]).enumerate().map(word).collect::<Vec<_>>();
    insert_into(words::table).values(words).execute(&fresh.db).await.unwrap();
}

/// Each row once, there and back, in the order that the server itself gives them in.
#[test]
fn pg7_text_is_compared_as_its_column_is() {
    on_all(async |fresh| {
        for collation in collations(fresh.server) {
            fill(fresh, *collation).await;
            let up = words::id.asc();
            let orders: [(Vec<Ordered<Of<words::table>>>, _); 7] = [
                (vec![words::word.asc()], up.clone()),
                (vec![words::word.desc()], words::id.desc()),
                (vec![words::word.desc(), words::id.asc()], up.clone()),
                (vec![words::word.asc(), words::other.asc()], up.clone()),
                (vec![words::other.asc(), words::word.asc()], up.clone()),
                (vec![words::other.desc().nulls_last(), words::word.asc()], up.clone()),
                (vec![words::other.desc().nulls_first(), words::word.desc()], words::id.desc()),
            ];
            for (order, key) in orders {
                let context = format!("{}, {}: {order:?}", fresh.server.name(), collation.1);
                let query = || select_from(words::table);
                let expected = query().order_by((order.clone(), key)).fetch_all(&fresh.db).await.unwrap();
                let found = there_and_back(&fresh.db, |place| query().paginate_by(order.clone(), place, 4)).await;
                assert_eq!(found, expected, "{context}");
            }
            // Of expressions of it too.
            let order = || (words::other.coalesce(words::word), words::word.concat("x").desc());
            let query = || select_from(words::table);
            let expected = query().order_by((order(), words::id.desc())).fetch_all(&fresh.db).await.unwrap();
            let found = there_and_back(&fresh.db, |place| query().paginate_by(order(), place, 4)).await;
            assert_eq!(found, expected, "{}, {}", fresh.server.name(), collation.1);
        }
    });
}

/// Words that a collation takes for the same are one row, whichever of them the server shows.
#[test]
fn pg7_text_that_is_given_once_is_compared_as_its_column_is() {
    on_all(async |fresh| {
        for collation in collations(fresh.server) {
            fill(fresh, *collation).await;
            let query = || select_from(words::table);
            for order in [words::word.asc(), words::word.desc()] {
                let context = format!("{}, {}: {order:?}", fresh.server.name(), collation.1);
                let once = || query().distinct().select(words::word);
                let expected = once().order_by(order.clone()).fetch_all(&fresh.db).await.unwrap();
                let found = there_and_back(&fresh.db, |place| once().paginate_by(order.clone(), place, 4)).await;
                assert_eq!(found, expected, "{context}");
                let grouped = || query().group_by(words::word).select((words::word.max(), count_all()));
                let expected = grouped().order_by(order.clone()).fetch_all(&fresh.db).await.unwrap();
                let found = there_and_back(&fresh.db, |place| grouped().paginate_by(order.clone(), place, 4)).await;
                assert_eq!(found, expected, "{context}");
                assert_eq!(grouped().fetch_count(&fresh.db).await.unwrap(), expected.len() as u64, "{context}");
            }
        }
    });
}
