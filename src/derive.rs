//! The derives, and what their attributes say.

/// Makes a struct the declaration of a table.
///
/// ```
/// use kysera::prelude::*;
///
/// #[derive(Debug, Clone, Table)]
/// #[table(name = "users")]
/// pub struct User {
///     #[column(primary_key, generated)]
///     pub id: i64,
///     #[column(unique, type = "varchar(200)")]
///     pub email: String,
///     pub nick: Option<String>,
///     #[column(default = 0)]
///     pub visits: i32,
/// }
///
/// // What must be given is a parameter; the rest is `null`, or left to the database.
/// let new = NewUser { nick: Some("ann".into()), ..NewUser::new("ann@example.com") };
/// let insert = insert_into(users::table).values(new);
/// // What is not named stays as it is; `Some(None)` sets `null`.
/// let patch = UserPatch { nick: Some(None), ..UserPatch::default() };
/// let update = update(users::table).set(patch).filter(users::id.eq(7));
/// # use kysera::dialect::POSTGRES;
/// # assert_eq!(insert.compile(&POSTGRES)?.sql, r#"insert into "users" ("email", "nick") values ($1, $2)"#);
/// # assert_eq!(update.compile(&POSTGRES)?.sql, r#"update "users" set "nick" = $1 where "users"."id" = $2"#);
/// # Ok::<(), kysera::Error>(())
/// ```
///
/// | from `User` comes | which is |
/// |---|---|
/// | `User` | a row |
/// | `users::table`, `users::id`, .. | the table, and a constant for each column; an optional column is nullable |
/// | `NewUser` | what an insert gives; without the columns that are always generated |
/// | `UserPatch` | what an update sets |
///
/// | on the struct | says |
/// |---|---|
/// | `#[table(name = "users")]` | the table's name; if it is left out, that of the struct in snake case with an `s` |
/// | `#[table(schema = "crm")]` | the schema it is in |
/// | `#[table(module = "people")]` | the name of the module; if it is left out, that of the table |
/// | `#[table(crate = "path::to::kysera")]` | where this crate is, if it is not `::kysera` |
///
/// | on a field | says |
/// |---|---|
/// | `name = "mail"` | the column's name; if it is left out, that of the field |
/// | `primary_key` | it is (part of) the primary key |
/// | `unique` | no two rows have the same value |
/// | `generated` | an insert may leave it out; an integer that is the primary key is numbered by the database |
/// | `generated = "always"` | an insert cannot give it |
/// | `generated_sql = "price * pieces"` | it is computed from other columns |
/// | `default = 0`, `default = now`, `default_sql = ".."` | what it is where an insert leaves it out |
/// | `references(users::id, on_delete = "cascade", on_update = "restrict")` | the column it refers to |
/// | `type = "varchar(200)"` | its type, if it is not that of the Rust type; as a string in SQL's words or as a [`DataType`](crate::ast::DataType) |
/// | `type_name = "mood"` | its type, if somebody made one of that name |
///
/// Unless it says something about names or generated values, an attribute matters only to
/// [`create_table_for`](crate::schema::create_table_for).
pub use kysera_macros::Table;

/// Reads a struct out of a row, by the names of its columns: for
/// [`fetch_all_as`](crate::query::Statement::fetch_all_as).
///
/// ```
/// use kysera::prelude::*;
///
/// #[derive(FromRow)]
/// struct Card {
///     name: String,
///     #[row(rename = "n")]
///     posts: i64,
///     #[row(default)]
///     rank: i32,
/// }
/// ```
///
/// | attribute | says |
/// |---|---|
/// | `#[row(rename_all = "camelCase")]` on the struct | how columns are named after fields |
/// | `rename = "n"` | the column's name |
/// | `default` | the field's `Default` where there is no such column |
/// | `flatten` | the field is a struct with `FromRow`, read from the same row |
/// | `skip` | the field is its `Default`, always |
/// | `#[row(crate = "path::to::kysera")]` on the struct | where this crate is, if it is not `::kysera` |
pub use kysera_macros::FromRow;

/// Makes an enum or a newtype a type that a column can hold.
///
/// ```
/// use kysera::prelude::*;
///
/// /// Kept as the text `draft`, `in_review` or `live`.
/// #[derive(Debug, Clone, PartialEq, SqlType)]
/// pub enum Status {
///     Draft,
///     InReview,
///     #[sql(rename = "live")]
///     Published,
/// }
///
/// /// Kept as the number; another user's id is another type.
/// #[derive(Debug, Clone, Copy, PartialEq, SqlType)]
/// pub struct UserId(i64);
///
/// #[derive(Table)]
/// #[table(name = "posts")]
/// pub struct Post {
///     author: UserId,
///     status: Status,
/// }
///
/// let q = select_from(posts::table).filter(posts::author.eq(UserId(7)).and(posts::status.ne(Status::Draft)));
/// # use kysera::dialect::SQLITE;
/// # assert!(q.debug_sql(&SQLITE).ends_with(r#"where "posts"."author" = 7 and "posts"."status" <> 'draft'"#), "{}", q.debug_sql(&SQLITE));
/// ```
///
/// | attribute | says |
/// |---|---|
/// | `#[sql(rename_all = "UPPERCASE")]` | how text is made of variants; snake case if it is left out |
/// | `#[sql(rename = "live")]` on a variant | its text |
/// | `#[sql(repr = "i16")]` | the enum is kept as the number of its variant: `i16`, `i32` or `i64` |
/// | `#[sql(type_name = "status")]` | the column type is one of that name, as `create type` makes it on PostgreSQL |
/// | `#[sql(crate = "path::to::kysera")]` | where this crate is, if it is not `::kysera` |
pub use kysera_macros::SqlType;
