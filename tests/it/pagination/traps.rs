//! What a page could lose rows by, or show wrong: divisions by zero, windows, groups by name, enums, and plugins.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use futures_util::TryStreamExt;
use kysera::ast;
use kysera::error::CursorFault;
use kysera::expr::{call, ident};
use kysera::pagination::{Cursor, Cursors, Keyset, Place};
use kysera::plugin::{Context, Plugin, RequireLimit};
use kysera::prelude::*;

use super::schema::{create, items};
use crate::support::servers::Fresh;
use crate::support::{Random, Server, on_all, on_each};

const COUNT: i64 = 30;

async fn of_items(fresh: &Fresh) {
    create(&fresh.db, COUNT, &mut Random::new(0x7a9)).await;
}

/// All rows, by cursors, four at a time.
async fn walk<R: Send + 'static>(db: &Db, page: impl Fn(Place) -> Keyset<R>) -> Vec<R> {
    let cursors = Cursors::unsigned();
    let (mut rows, mut place) = (Vec::new(), Place::First);
    loop {
        let page = page(place).fetch(db, &cursors).await.unwrap_or_else(|error| panic!("{}: {error}", db.spec().name));
        rows.extend(page.data);
        match page.next_cursor {
            Some(cursor) => place = Place::After(cursor),
            None => return rows,
        }
    }
}

#[track_caller]
fn assert_once(mut ids: Vec<i64>, server: Server) {
    ids.sort_unstable();
    assert_eq!(ids, (1..=COUNT).map(|at| at * 2).collect::<Vec<_>>(), "{server:?}");
}

/// To divide by zero is `null` on these, whatever the type of it.
#[test]
fn what_is_divided_by_zero() {
    on_each(&[Server::Sqlite, Server::Mysql9, Server::Mariadb], async |fresh| {
        of_items(fresh).await;
        let ids = || select_from(items::table).select(items::id);
        let quotient = || (items::grade + 7) / items::grade;
        assert_once(walk(&fresh.db, |place| ids().paginate_by(quotient(), place, 4)).await, fresh.server);
        let remainder = || (items::grade % items::grade).desc();
        assert_once(walk(&fresh.db, |place| ids().paginate_by(remainder(), place, 4)).await, fresh.server);
        let last = || (items::share / items::share).asc().nulls_last();
        assert_once(ids().pages(last(), 4).fetch(&fresh.db).try_concat().await.unwrap(), fresh.server);
    });
}

/// What is said over a window is said of the query's rows, not of those of a page.
#[test]
fn windows_look_at_all_rows() {
    on_all(async |fresh| {
        of_items(fresh).await;
        let number = || sql!("row_number() over (order by {})", items::id).typed::<i64>();
        let query = || select_from(items::table).select((items::id, number()));
        let expected: Vec<_> = (1..=COUNT).map(|at| (at * 2, at)).collect();
        let mut found = walk(&fresh.db, |place| query().paginate_by(items::grade, place, 4)).await;
        found.sort_unstable();
        assert_eq!(found, expected, "{:?}", fresh.server);
        assert_eq!(walk(&fresh.db, |place| query().paginate_by(number(), place, 4)).await, expected);

        // It makes no single row of all, so that rows of one grade are still told apart.
        let total = || sql!("{} over ()", count_all()).typed::<i64>();
        let query = || select_from(items::table).select((items::id, total()));
        let found = walk(&fresh.db, |place| query().paginate_by(items::grade, place, 4)).await;
        assert!(found.iter().all(|(_, total)| *total == COUNT), "{:?}: {found:?}", fresh.server);
        assert_once(found.into_iter().map(|(id, _)| id).collect(), fresh.server);
        assert_eq!(query().fetch_count(&fresh.db).await.unwrap(), COUNT.unsigned_abs());
    });
}

/// The name of a column of the result, in text of the program, is still one where the rows are counted.
#[test]
fn groups_by_the_name_of_a_column() {
    on_all(async |fresh| {
        of_items(fresh).await;
        let db = &fresh.db;
        let next = || (items::grade + 1).alias("next");
        let name = || sql!("{}", ident("next")).typed::<i32>();
        let query = || select_from(items::table).group_by(name()).select((next(), count_all()));
        let count = query().fetch_all(db).await.unwrap().len();
        let page = query().paginate(1, 2).fetch(db).await.unwrap();
        assert_eq!((page.data.len(), page.total), (2, u64::try_from(count).ok()), "{:?}", fresh.server);
        assert_eq!(walk(db, |place| query().paginate_by(count_all(), place, 1)).await.len(), count);
        if !fresh.server.is_postgres() {
            let having = select_from(items::table)
                .group_by(items::grade)
                .select((items::grade, count_all().alias("n")))
                .having(sql!("{} > {}", ident("n"), 0));
            assert_eq!(having.fetch_count(db).await.unwrap(), u64::try_from(count).unwrap(), "{:?}", fresh.server);
        }
    });
}

/// A column of this type.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "moods")]
pub struct Moods {
    #[column(primary_key)]
    pub id: i64,
    pub mood: String,
}

/// MySQL and MariaDB order an `enum` by its list, and compare it by its text: no page is by it, and the guide has the way out.
#[test]
fn an_enum_of_mysql_by_its_text_alone() {
    on_each(&[Server::Mysql9, Server::Mariadb], async |fresh| {
        let db = &fresh.db;
        db.batch("create table moods (id bigint primary key, mood enum('happy', 'sad', 'calm') not null)")
            .await
            .unwrap();
        let mood = |id: i64| ["happy", "sad", "calm"][usize::try_from(id % 3).unwrap()];
        let rows: Vec<_> = (1..=COUNT).map(|at| NewMoods::new(at * 2, mood(at))).collect();
        insert_into(moods::table).values(rows).execute(db).await.unwrap();
        let text = || call::<String, _>("concat", (moods::mood,)).desc();
        let ids = || select_from(moods::table).select(moods::id);
        assert_once(walk(db, |place| ids().paginate_by(text(), place, 4)).await, fresh.server);
        let cursors = Cursors::unsigned();
        let by_list = ids().paginate_by(moods::mood, Place::First, 4).fetch(db, &cursors).await.unwrap_err();
        assert!(by_list.is_invalid(), "{by_list}");
        let in_rows_of_its_own = ids().distinct().select((moods::mood, moods::id)).pages(moods::mood, 4);
        let error = in_rows_of_its_own.fetch(db).try_concat().await.unwrap_err();
        assert!(error.is_invalid(), "{error}");
        // By its number, no row is compared with another.
        let page = ids().order_by(moods::mood).paginate(2, 4).fetch(db).await.unwrap();
        assert_eq!((page.data.len(), page.total), (4, Some(COUNT.unsigned_abs())));
    });
}

/// A plugin that has all queries begin at the beginning does not have them go on for ever.
#[test]
fn a_walk_that_does_not_lead_on() {
    on_all(async |fresh| {
        of_items(fresh).await;
        let db = Db::builder(fresh.url.clone()).plugin(Forgetful).connect().await.unwrap();
        let rows: Result<Vec<_>> = select_from(items::table).rows_by_key(4).fetch(&db).try_collect().await;
        assert!(rows.unwrap_err().is_invalid());
        db.close().await.unwrap();
    });
}

struct Forgetful;

impl Plugin for Forgetful {
    fn name(&self) -> &str {
        "forgetful"
    }

    fn transform(&self, mut statement: ast::Statement, _: &Context<'_>) -> Result<ast::Statement> {
        if let ast::Statement::Select(select) = &mut statement {
            select.filter = None;
        }
        Ok(statement)
    }
}

/// Who has every query say a limit can still have pages with a total.
#[test]
fn a_total_where_a_limit_is_required() {
    on_all(async |fresh| {
        of_items(fresh).await;
        let db = Db::builder(fresh.url.clone()).plugin(RequireLimit::new(100)).connect().await.unwrap();
        let page = select_from(items::table).paginate(2, 20).fetch(&db).await.unwrap();
        assert_eq!((page.data.len(), page.total), (10, Some(COUNT.unsigned_abs())));
        let grouped = select_from(items::table).group_by(items::grade).select((items::grade, items::id.max()));
        assert_eq!(grouped.clone().paginate(1, 20).fetch(&db).await.unwrap().total, Some(3));
        assert!(grouped.fetch_all(&db).await.unwrap_err().is_invalid());
        db.close().await.unwrap();
    });
}

/// Nobody but the client is wrong where a cursor that nothing protects holds what no server takes.
#[test]
fn unsigned_cursors_of_values_that_cannot_be_bound() {
    on_all(async |fresh| {
        of_items(fresh).await;
        let (db, cursors) = (&fresh.db, Cursors::unsigned());
        let page = |place| select_from(items::table).paginate_by(items::price, place, 4);
        let made = page(Place::Last).fetch(db, &cursors).await.unwrap().prev_cursor.unwrap();
        // The header, the flags and the fingerprint; then the price, and the key.
        let before = BASE64.decode(made.as_ref()).unwrap()[..3 + 1 + 16].to_vec();
        let id = [&[4, 0, 8][..], &2_i64.to_be_bytes()].concat();
        for price in ["", "1e9999", "' or 1 = 1 --"] {
            let price = [&[7, 0, u8::try_from(price.len()).unwrap()][..], price.as_bytes()].concat();
            let cursor = Cursor::from(BASE64.encode([&before[..], &price, &id].concat()));
            for place in [Place::After(cursor.clone()), Place::Before(cursor)] {
                if let Err(error) = page(place).fetch(db, &cursors).await {
                    assert_eq!(error.as_cursor_fault(), Some(&CursorFault::Malformed), "{error:?}");
                }
            }
        }
    });
}
