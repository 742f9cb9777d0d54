//! What is at the edge of what pages can be of: long text, types with a name, expressions that break their word, limits of
//! rows that are the same.

use futures_util::TryStreamExt;
use kysera::pagination::Place;
use kysera::prelude::*;
use kysera::query::output;
use kysera::schema::create_table_for;

use super::schema::{create, items};
use super::walking::{cursors, there_and_back};
use crate::support::{Random, Server, on_all, on_each};

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "notes")]
pub struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(type = "text")]
    text: String,
    #[column(type = "varchar(3000)")]
    short: String,
    bytes: Vec<u8>,
}

/// Of thousands of characters, but where a server sorts by the first ones alone.
#[test]
fn pg7_long_keys() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create_table_for::<Note>().execute(db).await.unwrap();
        let in_common = if fresh.server == Server::Mariadb { 250 } else { 2000 };
        let rows = (0..12_i64).map(|at| {
            let text = format!("{}{}", "x".repeat(in_common), at * 5 % 12);
            NewNote::new(at, text.clone(), text.clone(), text.into_bytes())
        });
        insert_into(notes::table).values(rows.collect::<Vec<_>>()).execute(db).await.unwrap();
        let query = || select_from(notes::table).select(notes::id);
        let expected = [0, 5, 2, 7, 10, 3, 8, 1, 6, 11, 4, 9];
        macro_rules! same {
            ($($column:ident),+) => {
                $(
                    let found = there_and_back(db, |place| query().paginate_by(notes::$column, place, 2)).await;
                    assert_eq!(found, expected, "{} {}", db.spec().name, stringify!($column));
                )+
            };
        }
        same!(text, short, bytes);
    });
}

/// The guide warns of it: these compare whole values, and sort by the beginning of each.
#[test]
fn longer_keys_than_a_server_sorts_by() {
    on_each(&[Server::Mysql9, Server::Mariadb], async |fresh| {
        let db = &fresh.db;
        create_table_for::<Note>().execute(db).await.unwrap();
        db.batch("alter table notes modify text text character set utf8mb4 collate utf8mb4_general_ci").await.unwrap();
        let rows = (0..3_i64).map(|at| {
            let text = format!("{}{}", "x".repeat(2000), 3 - at);
            NewNote::new(at, text.clone(), text.clone(), text.into_bytes())
        });
        insert_into(notes::table).values(rows.collect::<Vec<_>>()).execute(db).await.unwrap();
        let ids = select_from(notes::table).order_by((notes::text, notes::id)).select(notes::id);
        assert_eq!(ids.fetch_all(db).await.unwrap(), [0, 1, 2], "the server sorts by all of the text");
        let ids = select_from(notes::table).filter(notes::text.lt(format!("{}3", "x".repeat(2000)))).select(notes::id);
        assert_eq!(ids.order_by(notes::id).fetch_all(db).await.unwrap(), [1, 2]);
    });
}

#[derive(Clone, Copy, Debug, PartialEq, kysera::SqlType)]
#[sql(type_name = "mood")]
enum Mood {
    Happy,
    Sad,
    Calm,
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "moods")]
struct MoodRow {
    #[column(primary_key)]
    id: i64,
    mood: Option<Mood>,
}

/// In the order of its words on PostgreSQL, and of its text elsewhere.
#[test]
fn pg7_keys_of_a_type_with_a_name() {
    on_all(async |fresh| {
        let db = &fresh.db;
        let of_type = if fresh.server.is_postgres() {
            db.batch("create type mood as enum ('happy', 'sad', 'calm')").await.unwrap();
            "mood"
        } else {
            "varchar(20)"
        };
        db.batch_unchecked(&format!("create table moods (id bigint primary key, mood {of_type})")).await.unwrap();
        let mood =
            |at: i64| [Some(Mood::Happy), Some(Mood::Sad), Some(Mood::Calm), None][usize::try_from(at % 4).unwrap()];
        let rows = (0..10).map(|at| NewMoodRow { mood: mood(at), ..NewMoodRow::new(at) });
        insert_into(moods::table).values(rows.collect::<Vec<_>>()).execute(db).await.unwrap();
        let query = || select_from(moods::table);
        let expected = query().order_by((moods::mood, moods::id)).fetch_all(db).await.unwrap();
        assert_eq!(there_and_back(db, |place| query().paginate_by(moods::mood, place, 3)).await, expected);
        let once = || query().distinct().select(moods::mood);
        let expected = once().order_by(moods::mood.desc()).fetch_all(db).await.unwrap();
        assert_eq!(there_and_back(db, |place| once().paginate_by(moods::mood.desc(), place, 1)).await, expected);
        assert_eq!(there_and_back(db, |place| once().paginate_by_key(place, 1)).await.len(), 4);
        let grouped = || query().group_by(moods::mood).select((moods::mood.alias("m"), count_all()));
        let expected = grouped().order_by((count_all(), moods::mood)).fetch_all(db).await.unwrap();
        assert_eq!(there_and_back(db, |place| grouped().paginate_by(count_all(), place, 1)).await, expected);
        let expected = grouped().order_by(moods::mood).fetch_all(db).await.unwrap();
        assert_eq!(there_and_back(db, |place| grouped().paginate_by(output("m"), place, 1)).await, expected);
    });
}

/// What is never `null` by its type and is still, by an expression that was given the wrong one, has no place: an error, and no
/// page that is the last one though it is not.
#[test]
fn pg7_null_where_the_type_has_none() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create(db, 10, &mut Random::new(60)).await;
        let order = || sql!("{}", items::score).typed::<i32>();
        let query = || select_from(items::table).select(items::id);
        // Where a server has `null` last, by the last page.
        let place = if fresh.server.is_postgres() { Place::Last } else { Place::First };
        let error = query().paginate_by(order(), place, 2).fetch(db, &cursors()).await.unwrap_err();
        let expected = "column `an expression of the order` holds null, which is not a value, as its type in Rust says";
        assert_eq!(error.to_string(), expected);
        if !fresh.server.is_postgres() {
            let pages = query().pages(order(), 2).fetch(db).try_collect::<Vec<_>>().await;
            assert_eq!(pages.unwrap_err().to_string(), expected);
        }
    });
}

/// What is divided by zero is `null` on the servers where it is no error.
#[test]
fn pg7_what_is_divided_by_zero() {
    on_each(&[Server::Sqlite, Server::Mysql9, Server::Mariadb], async |fresh| {
        let db = &fresh.db;
        create(db, 20, &mut Random::new(61)).await;
        let query = || select_from(items::table).select(items::id);
        let divided = || (items::grade + 5) / items::grade;
        let expected = query().order_by((divided(), items::id)).fetch_all(db).await.unwrap();
        assert_eq!(there_and_back(db, |place| query().paginate_by(divided(), place, 3)).await, expected);
        let rest = || (items::grade + 5) % items::grade;
        let expected = query().order_by((rest().desc(), items::id.desc())).fetch_all(db).await.unwrap();
        assert_eq!(there_and_back(db, |place| query().paginate_by(rest().desc(), place, 3)).await, expected);
    });
}

/// Which rows a limit takes is the same for each page, also where its own order has ties.
#[test]
fn pg7_a_limit_of_rows_that_are_the_same_in_its_order() {
    on_all(async |fresh| {
        let db = &fresh.db;
        let mut rows = create(db, 20, &mut Random::new(62)).await;
        rows.sort_by_key(|it| (it.grade, it.id));
        let mut expected: Vec<_> = rows[..9].iter().map(|it| it.id).collect();
        let query = || select_from(items::table).order_by(items::grade).limit(9).select(items::id);
        let page = query().paginate(1, 20).fetch(db).await.unwrap();
        assert_eq!(page.data, expected);
        expected.sort_unstable();
        assert_eq!(there_and_back(db, |place| query().paginate_by_key(place, 2)).await, expected);
        let sql = query().paginate_by_key(Place::First, 2).compile(db.spec(), &cursors()).unwrap().sql;
        let unquoted = sql.replace(['"', '`'], "");
        assert!(unquoted.contains("order by items.grade, items.id limit"), "{sql}");
    });
}

/// The program's word that an order is one holds of set operations too, whose columns may be such as a server cannot order by.
#[test]
fn pg7_a_set_operation_in_an_order_that_is_total() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create(db, 9, &mut Random::new(63)).await;
        let part =
            |done: bool| select_from(items::table).filter(items::done.eq(done)).select((items::id, items::grade));
        let both = || part(true).union_all(part(false)).order_by(output("id").desc()).paginate(2, 4);
        let sql = both().order_is_total().compile(db.spec()).unwrap().sql.replace(['"', '`'], "");
        assert!(sql.contains("order by kysera_rows.column_1 desc") && !sql.contains("column_2 desc"), "{sql}");
        let page = both().order_is_total().fetch(db).await.unwrap();
        assert_eq!(page.data.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [10, 8, 6, 4]);
        assert_eq!(page.data, both().fetch(db).await.unwrap().data);
    });
}
