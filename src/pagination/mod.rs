//! Pages of a query: by number, or by a place in an order.
//!
//! | | [`paginate`](Paginate::paginate) | [`paginate_by`](PaginateBy::paginate_by) |
//! |---|---|---|
//! | asks for | a page's number | what comes after or before a cursor |
//! | reads | all rows up to the page | the rows of the page, and two more, at any depth |
//! | knows | how many pages there are | whether there is another, on both sides |
//! | while rows come and go | moves rows from one page to the next | gives each row that stays exactly once |
//!
//! ```
//! use kysera::prelude::*;
//! # use kysera::schema::create_table_for;
//!
//! #[derive(Debug, Clone, PartialEq, Table)]
//! #[table(name = "players")]
//! pub struct Player {
//!     #[column(primary_key, generated)]
//!     pub id: i64,
//!     pub name: String,
//!     pub score: Option<i32>,
//! }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<()> {
//! # let db = Db::connect("sqlite::memory:").await?;
//! # create_table_for::<Player>().execute(&db).await?;
//! # let new = |(name, score): (&str, Option<i32>)| NewPlayer { score, ..NewPlayer::new(name) };
//! # let rows = [("Ann", Some(7)), ("Bob", None), ("Cid", Some(9)), ("Dan", Some(7)), ("Eve", Some(1))];
//! # insert_into(players::table).values(rows.map(new)).execute(&db).await?;
//!
//! // By number.
//! let page = select_from(players::table).order_by(players::name).paginate(2, 2).fetch(&db).await?;
//! assert_eq!((page.data[0].name.as_str(), page.total, page.total_pages), ("Cid", Some(5), Some(3)));
//!
//! // All of them, two at a time. The key is added to the order, so that Ann and Dan are not taken for one another.
//! use futures_util::TryStreamExt;
//! let names: Vec<String> = select_from(players::table)
//!     .select(players::name)
//!     .pages(players::score.desc().nulls_last(), 2)
//!     .fetch(&db)
//!     .try_concat()
//!     .await?;
//! assert_eq!(names, ["Cid", "Dan", "Ann", "Eve", "Bob"]);
//! # Ok(())
//! # }
//! ```

mod arguments;
mod base;
mod chunk;
mod count;
#[cfg(feature = "cursors")]
mod cursor;
mod key;
#[cfg(feature = "cursors")]
mod keyset;
mod offset;
mod plain;
mod ranges;
mod statement;
mod term;
mod walk;

#[cfg(feature = "cursors")]
pub use self::arguments::IntoPlace;
pub use self::arguments::PageNumber;
#[cfg(feature = "cursors")]
pub use self::cursor::{Cursor, CursorKey, Cursors};
#[cfg(feature = "cursors")]
pub use self::keyset::{Keyset, KeysetPage, Place};
pub use self::offset::{Offset, Page};
pub use self::walk::{Pages, RowsByKey};
use crate::ast::Query;
use crate::driver::BoxFuture;
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::expr::OrderTerms;
use crate::expr::scope::{Scope, Scoped, Within};
use crate::plugin::Metadata;
use crate::query::{Annotated, Compound, Fetchable, Output, Read, Select, SetOperand, Statement, Subquery};

/// How many rows a page has if nothing is said.
const DEFAULT_LIMIT: i64 = 20;

/// The most rows that a page may have if nothing is said.
const MAX_LIMIT: u32 = 10_000;

/// A limit, of at most so many rows.
fn limited(limit: i64, most: u32) -> Result<i64> {
    if limit < 0 {
        return Err(Error::bad_request("the limit of a page is below zero; leave it out, or ask for a row or more"));
    }
    Ok(limit.min(most.into()))
}

/// A query, taken apart.
#[doc(hidden)]
pub struct Parts<R> {
    query: Query,
    read: Read<R>,
    metadata: Metadata,
    /// Its tables, the last one first.
    tables: Vec<Scoped>,
}

/// Of what is read, the query is all there is to see; what reads the rows is a function.
macro_rules! debug {
    ($Builder:ident, $it:ident => $($name:ident: $value:expr),+) => {
        impl<R> ::std::fmt::Debug for $Builder<R> {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                let $it = self;
                f.debug_struct(stringify!($Builder))$(.field(stringify!($name), &$value))+.finish_non_exhaustive()
            }
        }
    };
}

/// A page goes to a client as it is, by the names of its fields.
#[cfg(feature = "json")]
macro_rules! serialize {
    ($Page:ident: $($field:ident),+) => {
        impl<T: ::serde::Serialize> ::serde::Serialize for $Page<T> {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use ::serde::ser::SerializeStruct as _;
                let Self { $($field),+ } = self;
                let count = [$(stringify!($field)),+].len();
                let mut page = serializer.serialize_struct(stringify!($Page), count)?;
                $(page.serialize_field(stringify!($field), $field)?;)+
                page.end()
            }
        }
    };
}

use debug;
#[cfg(feature = "json")]
use serialize;

debug!(Parts, it => query: it.query);

/// A query whose rows can be counted, and read by the number of a page.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no pages",
    note = "a query has, and a set operation, with or without what travels with it to the plugins"
)]
pub trait Paginate: Statement + Sized {
    /// What a row of it is in Rust.
    type PageRow: Send + 'static;

    /// The query, taken apart.
    #[doc(hidden)]
    fn into_parts(self) -> Parts<Self::PageRow>;

    /// A page of so many rows, by its number: `limit 20 offset 40` for the third page of 20.
    ///
    /// The first page is 1; so is any number below it, and none. A limit is 20 if none is said, and at most
    /// [10,000](Offset::max_limit); with a limit of 0 nothing but the total is read. After the last page, pages are empty.
    ///
    /// The order is the query's own. Where it does not tell all rows apart, keys of the tables are added to it: without that,
    /// pages could overlap. The rows are counted, as they are by [`fetch_count`](Self::fetch_count).
    ///
    /// ```
    /// # use kysera::prelude::*;
    /// # use kysera::schema::create_table_for;
    /// # #[derive(Debug, Table)]
    /// # #[table(name = "posts")]
    /// # pub struct Post { #[column(primary_key, generated)] id: i64, title: String }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// # let db = Db::connect("sqlite::memory:").await?;
    /// # create_table_for::<Post>().execute(&db).await?;
    /// # insert_into(posts::table).values(["a", "b", "c"].map(NewPost::new)).execute(&db).await?;
    /// let page = select_from(posts::table).order_by(posts::title.desc()).paginate(1, 2).fetch(&db).await?;
    /// assert_eq!(page.data.len(), 2);
    /// assert_eq!((page.total, page.total_pages, page.has_next, page.has_prev), (Some(3), Some(2), true, false));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The server reads all rows before the page too. For deep pages there is [`paginate_by`](PaginateBy::paginate_by).
    fn paginate(self, page: impl PageNumber, limit: impl PageNumber) -> Offset<Self::PageRow>
    where
        Self: Fetchable,
    {
        Offset::new(self.into_parts(), page.into_number(), limit.into_number())
    }

    /// Counts the rows: `select count(*) from ..` with the query's tables and conditions, or, where it makes rows of its own
    /// (by group, once each, up to a limit, of several queries), with the query itself, without its order.
    ///
    /// # Errors
    ///
    /// Those of [`fetch_all`](crate::query::Statement::fetch_all).
    fn fetch_count(self, executor: &dyn Executor) -> BoxFuture<'_, Result<u64>>
    where
        Self: Fetchable,
    {
        let parts = self.into_parts();
        Box::pin(async move { count::fetch(&parts, executor).await })
    }
}

/// A query whose rows can be read by their place in an order.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no pages by the place in an order",
    note = "a query has; make one of a set operation by `.derived(..)`"
)]
pub trait PaginateBy: Paginate {
    /// Its tables.
    type Tables;

    /// A page of so many rows, after a cursor or before it: `where (score, id) > (7, 3) order by score, id limit 21`, or what
    /// means the same and is found in an index by the server at hand.
    ///
    /// The order is columns, aliases and expressions of any of the query's tables, in any direction, with `null` where it is
    /// said to be or where the server has it; a query that has an order of its own is refused. Where the order does not tell all
    /// rows apart, keys of the tables are added to it. What of the order is not selected is read too, and is not in the rows. A
    /// limit is 20 if none is said, and at most [10,000](Keyset::max_limit); with one of 0 a page tells whether there are rows, and
    /// has no cursor but for the place it was given.
    ///
    /// ```
    /// # use kysera::prelude::*;
    /// # use kysera::schema::create_table_for;
    /// use kysera::pagination::{CursorKey, Cursors, Place};
    /// # #[derive(Debug, Table)]
    /// # #[table(name = "players")]
    /// # pub struct Player { #[column(primary_key, generated)] id: i64, name: String, score: Option<i32> }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// # let db = Db::connect("sqlite::memory:").await?;
    /// # create_table_for::<Player>().execute(&db).await?;
    /// # let new = |(name, score): (&str, Option<i32>)| NewPlayer { score, ..NewPlayer::new(name) };
    /// # let rows = [("Ann", Some(7)), ("Bob", None), ("Cid", Some(9)), ("Dan", Some(7)), ("Eve", Some(1))];
    /// # insert_into(players::table).values(rows.map(new)).execute(&db).await?;
    /// # let secret = [7; 32];
    ///
    /// let cursors = Cursors::signed(CursorKey::new("2026-11", secret)?); // once, when the program begins
    ///
    /// let best = select_from(players::table).select(players::name);
    /// let order = || players::score.desc().nulls_last();
    /// let page = best.clone().paginate_by(order(), Place::First, 2).fetch(&db, &cursors).await?;
    /// assert_eq!(page.data, ["Cid", "Dan"]);
    /// assert!(page.has_next && !page.has_prev);
    ///
    /// let next = best.clone().paginate_by(order(), page.next_cursor, 2).fetch(&db, &cursors).await?;
    /// assert_eq!(next.data, ["Ann", "Eve"]);
    ///
    /// let back = next.prev_cursor.map_or(Place::First, Place::Before);
    /// assert_eq!(best.paginate_by(order(), back, 2).fetch(&db, &cursors).await?.data, ["Cid", "Dan"]);
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "cursors")]
    fn paginate_by<X: OrderTerms<Needs: Within<Self::Tables, I>>, I>(
        self,
        order: X,
        place: impl IntoPlace,
        limit: impl PageNumber,
    ) -> Keyset<Self::PageRow>
    where
        Self: Fetchable,
    {
        Keyset::new(self.into_parts(), given(order), place.into_place(), limit.into_number())
    }

    /// A page of so many rows, after a cursor or before it, in the order of the primary key.
    #[cfg(feature = "cursors")]
    fn paginate_by_key(self, place: impl IntoPlace, limit: impl PageNumber) -> Keyset<Self::PageRow>
    where
        Self: Fetchable,
    {
        Keyset::new(self.into_parts(), Vec::new(), place.into_place(), limit.into_number())
    }

    /// All rows in an order, in pages of so many rows, one after the other: each by a statement that begins after the last row
    /// of the one before, as that of [`paginate_by`](Self::paginate_by) does.
    ///
    /// The front page of [this module](self) has an example.
    fn pages<X: OrderTerms<Needs: Within<Self::Tables, I>>, I>(self, order: X, limit: u32) -> Pages<Self::PageRow>
    where
        Self: Fetchable,
    {
        Pages::new(self.into_parts(), given(order), limit)
    }

    /// All rows in the order of the primary key, of which so many are read at a time: a table of any size, in the room that
    /// `limit` rows take, and without a statement or a connection that stays open.
    ///
    /// ```
    /// # use kysera::prelude::*;
    /// # use kysera::schema::create_table_for;
    /// use futures_util::TryStreamExt;
    /// # #[derive(Debug, Table)]
    /// # #[table(name = "posts")]
    /// # pub struct Post { #[column(primary_key, generated)] id: i64, title: String }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// # let db = Db::connect("sqlite::memory:").await?;
    /// # create_table_for::<Post>().execute(&db).await?;
    /// # insert_into(posts::table).values(["a", "b", "c"].map(NewPost::new)).execute(&db).await?;
    ///
    /// let mut rows = select_from(posts::table).rows_by_key(1000).fetch(&db);
    /// let mut titles = String::new();
    /// while let Some(post) = rows.try_next().await? {
    ///     titles.push_str(&post.title);
    /// }
    /// assert_eq!(titles, "abc");
    /// # Ok(())
    /// # }
    /// ```
    fn rows_by_key(self, limit: u32) -> RowsByKey<Self::PageRow>
    where
        Self: Fetchable,
    {
        Pages::new(self.into_parts(), Vec::new(), limit).rows()
    }
}

fn given(order: impl OrderTerms) -> Vec<base::Given> {
    let mut given = Vec::new();
    order.push_with_values(&mut given);
    given
}

impl<S: Scope, R: Output, O> Paginate for Select<S, R, O> {
    type PageRow = R::Row;

    fn into_parts(self) -> Parts<R::Row> {
        let mut tables = Vec::new();
        S::push(&mut tables);
        Parts { read: self.row_reader(), metadata: Metadata::default(), tables, query: self.into_query() }
    }
}

impl<S: Scope, R: Output, O> PaginateBy for Select<S, R, O> {
    type Tables = S;
}

impl<R: Send + 'static, O> Paginate for Compound<R, O> {
    type PageRow = R;

    fn into_parts(self) -> Parts<R> {
        Parts { read: self.row_reader(), metadata: Metadata::default(), tables: Vec::new(), query: self.into_query() }
    }
}

#[diagnostic::do_not_recommend]
impl<Q: Paginate> Paginate for Annotated<Q> {
    type PageRow = Q::PageRow;

    fn into_parts(self) -> Parts<Q::PageRow> {
        let (statement, metadata) = self.into_parts();
        Parts { metadata, ..statement.into_parts() }
    }
}

#[diagnostic::do_not_recommend]
impl<Q: PaginateBy> PaginateBy for Annotated<Q> {
    type Tables = Q::Tables;
}
