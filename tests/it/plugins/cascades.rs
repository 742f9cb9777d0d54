//! Soft deletes that take along what refers to the deleted rows.

use chrono::{DateTime, Utc};
use kysera::Db;
use kysera::plugin::{NameMapping, SoftDelete, Timestamps};
use kysera::prelude::*;
use kysera::schema::create_table_for;

use super::why;
use crate::running::mock::Mock;
use crate::support::on_all;
use crate::support::servers::Fresh;

type Instant = DateTime<Utc>;

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "authors")]
pub struct Author {
    #[column(primary_key)]
    pub id: i64,
    pub deleted_at: Option<Instant>,
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "books")]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    #[column(references(authors::id, on_delete = "cascade"))]
    pub author_id: i64,
    #[column(references(authors::id, on_delete = "set null"))]
    pub reviewer_id: Option<i64>,
    pub deleted_at: Option<Instant>,
}

/// Belongs to an author by a book, and by itself.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "quotes")]
pub struct Quote {
    #[column(primary_key)]
    pub id: i64,
    #[column(references(books::id, on_delete = "cascade"))]
    pub book_id: Option<i64>,
    #[column(references(authors::id, on_delete = "cascade"))]
    pub author_id: Option<i64>,
    pub updated_at: Option<Instant>,
    pub deleted_at: Option<Instant>,
}

/// Belongs to one of its own.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "branches")]
pub struct Branch {
    #[column(primary_key)]
    pub id: i64,
    #[column(references(branches::id, on_delete = "cascade"))]
    pub parent_id: Option<i64>,
    pub deleted_at: Option<Instant>,
}

/// Without the column.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "awards")]
pub struct Award {
    #[column(primary_key)]
    pub id: i64,
    #[column(references(authors::id, on_delete = "cascade"))]
    pub author_id: i64,
}

fn plugin() -> SoftDelete {
    SoftDelete::new().cascade([books::table.description(), quotes::table.description()])
}

fn long_ago() -> Instant {
    "2001-02-03T04:05:06Z".parse().unwrap()
}

/// Two authors with two books each, the last of the first author deleted; quotes of books and of authors.
async fn filled(db: &Db) {
    create_table_for::<Author>().execute(db).await.unwrap();
    create_table_for::<Book>().execute(db).await.unwrap();
    create_table_for::<Quote>().execute(db).await.unwrap();
    insert_into(authors::table).values([NewAuthor::new(1), NewAuthor::new(2)]).execute(db).await.unwrap();
    let deleted = NewBook { deleted_at: Some(long_ago()), ..NewBook::new(2, 1) };
    let reviewed = NewBook { reviewer_id: Some(1), ..NewBook::new(3, 2) };
    let books = [NewBook::new(1, 1), deleted, reviewed, NewBook::new(4, 2)];
    insert_into(books::table).values(books).execute(db).await.unwrap();
    let of_book = |id, book| NewQuote { book_id: Some(book), ..NewQuote::new(id) };
    let of_author = |id, author| NewQuote { author_id: Some(author), ..NewQuote::new(id) };
    let both = NewQuote { book_id: Some(1), author_id: Some(1), ..NewQuote::new(6) };
    let quotes = [of_book(1, 1), of_book(2, 2), of_book(3, 3), of_author(4, 1), of_author(5, 2), both];
    insert_into(quotes::table).values(quotes).execute(db).await.unwrap();
}

/// The numbers of the live authors, books and quotes.
async fn live(db: &dyn Executor) -> (Vec<i64>, Vec<i64>, Vec<i64>) {
    let authors = select_from(authors::table).filter(authors::deleted_at.is_null()).order_by(authors::id);
    let books = select_from(books::table).filter(books::deleted_at.is_null()).order_by(books::id);
    let quotes = select_from(quotes::table).filter(quotes::deleted_at.is_null()).order_by(quotes::id);
    (
        authors.select(authors::id).fetch_all(db).await.unwrap(),
        books.select(books::id).fetch_all(db).await.unwrap(),
        quotes.select(quotes::id).fetch_all(db).await.unwrap(),
    )
}

async fn with_plugins(fresh: &Fresh) -> Db {
    filled(&fresh.db).await;
    Db::builder(fresh.url.clone()).plugin(plugin()).plugin(Timestamps::new()).connect().await.unwrap()
}

#[test]
fn sd16_a_delete_takes_along_what_belongs_to_its_rows() {
    on_all(async |fresh| {
        let db = with_plugins(fresh).await;
        let everything = live(&fresh.db).await;
        let one = || delete_from(authors::table).filter(authors::id.eq(1));
        if !fresh.server.is_postgres() {
            let error = one().execute(&db).await.unwrap_err();
            assert!(error.is_unsupported(), "{error}");
            assert!(why(&error).contains("has no soft delete that cascades"), "{error:?}");
            assert_eq!(live(&fresh.db).await, everything, "nothing was sent");
            // What nothing belongs to is deleted as ever, and the others by themselves.
            db.transaction(async |trx| {
                let books = select_from(books::table).filter(books::author_id.eq(1)).select(books::id);
                let quotes = quotes::author_id.eq(1).or(quotes::book_id.in_(books));
                delete_from(quotes::table).filter(quotes).execute(trx).await?;
                let books = delete_from(books::table).filter(books::author_id.eq(1));
                books.with(SoftDelete::no_cascade()).execute(trx).await?;
                one().with(SoftDelete::no_cascade()).execute(trx).await
            })
            .await
            .unwrap();
            assert_eq!(live(&fresh.db).await, (vec![2], vec![3, 4], vec![2, 3, 5]));
            return;
        }
        let trx = db.begin().await.unwrap();
        one().with(SoftDelete::no_cascade()).execute(&trx).await.unwrap();
        let left = select_from(books::table).select(books::id).order_by(books::id).fetch_all(&trx).await.unwrap();
        assert_eq!(left, [1, 3, 4]);
        trx.rollback().await.unwrap();
        let trx = db.begin().await.unwrap();
        assert_eq!(one().execute(&trx).await.unwrap().rows_affected, 1, "it counts its own rows");
        trx.rollback().await.unwrap();
        assert_eq!(live(&fresh.db).await, everything);

        assert_eq!(one().returning(authors::id).fetch_all(&db).await.unwrap(), [1]);
        // The second quote is of a book that was deleted before, and stays; so does the book that he reviewed.
        assert_eq!(live(&fresh.db).await, (vec![2], vec![3, 4], vec![2, 3, 5]));
        let times = select_from(books::table).order_by(books::id).select(books::deleted_at);
        let times = times.fetch_all(&fresh.db).await.unwrap();
        let time = select_from(authors::table).filter(authors::id.eq(1)).select(authors::deleted_at);
        assert_eq!(times[0], time.fetch_one(&fresh.db).await.unwrap(), "one time for all");
        assert_eq!(times[1], Some(long_ago()), "who was deleted before keeps the time");
        let stamped = select_from(quotes::table).filter(quotes::updated_at.is_not_null()).select(count_all());
        assert_eq!(stamped.fetch_one(&fresh.db).await.unwrap(), 0, "a delete is no change");
        assert_eq!(one().execute(&db).await.unwrap().rows_affected, 0);

        // From the middle, with another table.
        let q = delete_from(books::table).using(authors::table).filter(books::author_id.eq(authors::id));
        assert_eq!(q.filter(books::id.eq(3)).execute(&db).await.unwrap().rows_affected, 1);
        assert_eq!(live(&fresh.db).await, (vec![2], vec![4], vec![2, 5]));
        assert_eq!(delete_from(authors::table).all_rows().execute(&db).await.unwrap().rows_affected, 1);
        assert_eq!(live(&fresh.db).await, (vec![], vec![], vec![2]));
    });
}

#[test]
fn sd16_a_cascade_goes_through_the_plugins_behind_it() {
    on_all(async |fresh| {
        if !fresh.server.is_postgres() {
            return;
        }
        let db = Db::builder(fresh.url.clone())
            .plugin(plugin())
            .plugin(NameMapping::new(|name| format!("{name}_x")).tables(|name| format!("t_{name}")))
            .connect()
            .await
            .unwrap();
        filled(&db).await;
        delete_from(authors::table).filter(authors::id.eq(1)).execute(&db).await.unwrap();
        assert_eq!(live(&db).await, (vec![2], vec![3, 4], vec![2, 3, 5]));
    });
}

#[test]
fn sd16_a_hard_delete_is_left_to_the_database() {
    on_all(async |fresh| {
        let db = with_plugins(fresh).await;
        let one = delete_from(authors::table).filter(authors::id.eq(2)).with(SoftDelete::hard_delete());
        assert_eq!(one.execute(&db).await.unwrap().rows_affected, 1);
        let left = select_from(books::table).order_by(books::id).select(books::id).fetch_all(&fresh.db).await.unwrap();
        assert_eq!(left, [1, 2]);
    });
}

#[test]
fn sd16_a_cascade_that_cannot_be_is_refused() {
    let why = |plugin: SoftDelete, query: &dyn Statement| {
        let db = Db::with_driver(Mock::new()).plugin(plugin).build().unwrap();
        why(&query.compile_on(&db).unwrap_err())
    };
    let branch = delete_from(branches::table).filter(branches::id.eq(1));
    let circle = SoftDelete::new().cascade([branches::table.description()]);
    let words = "a cascade from `branches` goes in a circle by `branches`; delete each level with `SoftDelete::no_cascade()`, in one transaction";
    assert_eq!(why(circle, &branch), words);
    let author = || delete_from(authors::table).filter(authors::id.eq(1));
    let awards = SoftDelete::new().cascade([awards::table.description()]);
    assert_eq!(why(awards, &author()), "`awards` has no `deleted_at` that says when a row was deleted");
    assert!(why(plugin(), &delete_from(authors::table)).contains(".all_rows()"));
    let within = with(gone::table, author().returning(authors::id)).select_from(gone::table);
    assert!(why(plugin(), &within).contains("has no soft delete that cascades"));
    // Where nothing belongs to it, there is nothing to refuse.
    let db =
        Db::with_driver(Mock::new()).plugin(SoftDelete::new().cascade([awards::table.description()])).build().unwrap();
    let sql = db.compile(delete_from(books::table).all_rows().to_statement()).unwrap().0.sql;
    assert_eq!(sql, r#"update "books" set "deleted_at" = current_timestamp where "books"."deleted_at" is null"#);
}

/// The shape of a common table expression.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "gone")]
pub struct Gone {
    pub id: i64,
}
