//! What is at the edge of what pages can be of: long text, types with a name, expressions that break their word, limits of
//! rows that are the same.

use kysera::prelude::*;
use kysera::query::output;
use kysera::schema::create_table_for;

use super::schema::{create, items};
use super::walking::{cursors, there_and_back};
use crate::support::{Random, on_all};
use kysera::pagination::Place;

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

#[test]
fn pg7_long_keys() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create_table_for::<Note>().execute(db).await.unwrap();
        let rows = (0..12_i64).map(|at| {
            let text = format!("{}{}", "x".repeat(2000), at * 5 % 12);
            NewNote::new(at, text.clone(), text.clone(), text.into_bytes())
        });
        insert_into(notes::table).values(rows.collect::<Vec<_>>()).execute(db).await.unwrap();
        let query = || select_from(notes::table).select(notes::id);
        macro_rules! same {
            ($($column:ident),+) => {
                $(
                    let expected = query().order_by((notes::$column, notes::id)).fetch_all(db).await.unwrap();
                    eprintln!("{} {} {expected:?}", db.spec().name, stringify!($column));
                    let found = there_and_back(db, |place| query().paginate_by(notes::$column, place, 2)).await;
                    assert_eq!(found, expected, "{} {}", db.spec().name, stringify!($column));
                )+
            };
        }
        same!(text, short, bytes);
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

/// What is never `null` by its type and is still, by an expression that was given the wrong one, is no place.
#[test]
fn pg7_null_where_there_is_none() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create(db, 10, &mut Random::new(60)).await;
        let order = || sql!("{}", items::score).typed::<i32>();
        let query = || select_from(items::table).select(items::id);
        let by = async |place| query().paginate_by(order(), place, 2).fetch(db, &cursors()).await;
        let mut found = Vec::new();
        let mut place = Place::First;
        let error = loop {
            match by(place).await {
                Ok(page) => {
                    found.extend(page.data);
                    match page.next_cursor {
                        Some(next) => place = Place::After(next),
                        None => break None,
                    }
                }
                Err(error) => break Some(error),
            }
        };
        eprintln!("{} {found:?} {error:?}", db.spec().name);
    });
}
