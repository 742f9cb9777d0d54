//! The derives of `kysera`, which re-exports and documents them.

mod attributes;
mod data_type;
mod name;
mod rename;
mod row;
mod sql_type;
mod table;

use proc_macro::TokenStream;
use syn::DeriveInput;

/// Declares a table by the struct of its rows.
///
/// ```
/// use kysera::Table;
///
/// #[derive(Debug, Clone, PartialEq, Table)]
/// struct User {
///     #[column(primary_key, generated)]
///     id: i64,
///     #[column(unique)]
///     email: String,
///     nick: Option<String>,
/// }
///
/// assert_eq!(users::email.name(), "email");
/// let new = NewUser { nick: Some("Ann".into()), ..NewUser::new("ann@x.io") };
/// let patch = UserPatch { nick: Some(None), ..UserPatch::default() };
/// # let _ = (new, patch);
/// ```
///
/// It makes, with the visibility of the struct:
///
/// | | |
/// |---|---|
/// | `mod users` | `users::table`, and a constant for each column: `users::email` |
/// | `NewUser` | what an insert gives: `new` takes what every insert must give, and `None` leaves the rest to the database |
/// | `UserPatch` | what an update sets: `None` leaves a column alone, `Some(None)` makes it `null` |
///
/// The types of all fields must be `Clone` and `Debug`, because `NewUser` and `UserPatch` are. A parameter of
/// `NewUser::new` takes what is `Into` its field, and numbers as they are. The derive works in the body of a function
/// too.
///
/// # `#[table(..)]`
///
/// | | |
/// |---|---|
/// | `name = "users"` | the table's name; without it, the name of the struct in snake case and an `s` |
/// | `schema = "app"` | the schema (the database, on MySQL and MariaDB) |
/// | `module = "users"` | the module's name; without it, the table's |
/// | `crate = "path"` | where kysera is, if not at `::kysera` |
///
/// # `#[column(..)]`
///
/// | | |
/// |---|---|
/// | `name = "email"` | the column's name; without it, the field's |
/// | `primary_key` | it is (part of) the primary key |
/// | `unique` | no two rows have the same value in it |
/// | `generated` | the database makes the value where an insert leaves it out; an integer primary key is numbered |
/// | `generated = always` | the database makes the value, and an insert cannot give it |
/// | `generated_sql = "price * 2"` | the same, computed from an expression |
/// | `default = 0` | what stands in it when it is left out: `now`, a boolean, a number or text |
/// | `default_sql = "uuid()"` | the same, as an expression |
/// | `references(users::id, on_delete = cascade, on_update = restrict)` | the column of another table that it refers to; the actions are `cascade`, `restrict`, `set_null`, `no_action` |
/// | `type = "varchar(40)"` | its type, where that of the field's Rust type does not do; a `DataType` will do too |
/// | `type_name = "mood"` | a type of the database's own |
#[proc_macro_derive(Table, attributes(table, column))]
pub fn table(input: TokenStream) -> TokenStream {
    expand(input, table::expand)
}

/// Reads a struct out of a row, by the names of its columns.
///
/// ```
/// use kysera::FromRow;
///
/// #[derive(FromRow)]
/// #[row(rename_all = "camelCase")]
/// struct Card {
///     user_name: String,
///     #[row(rename = "n", default)]
///     post_count: i64,
/// }
/// ```
///
/// | | |
/// |---|---|
/// | `#[row(rename_all = "camelCase")]` on the struct | a rule for the names of its columns |
/// | `#[row(rename = "n")]` | the column's name |
/// | `#[row(default)]` | `Default`, where the result has no such column |
/// | `#[row(flatten)]` | a struct that is `FromRow` itself, read from the same row |
/// | `#[row(skip)]` | `Default`, whatever the result has |
///
/// Rules are `lowercase`, `UPPERCASE`, `PascalCase`, `camelCase`, `snake_case`, `SCREAMING_SNAKE_CASE`, `kebab-case`
/// and `SCREAMING-KEBAB-CASE`.
#[proc_macro_derive(FromRow, attributes(row))]
pub fn from_row(input: TokenStream) -> TokenStream {
    expand(input, row::expand)
}

/// Makes an enum or a newtype a type that a column can hold.
///
/// ```
/// use kysera::SqlType;
///
/// #[derive(SqlType)]
/// enum State {
///     InReview, // 'in_review'
///     #[sql(rename = "ok")]
///     Done,
/// }
///
/// #[derive(SqlType)]
/// #[sql(repr = "i16")]
/// enum Priority {
///     Low = 1,
///     High = 10,
/// }
///
/// #[derive(SqlType)]
/// struct UserId(i64);
/// ```
///
/// | | |
/// |---|---|
/// | `#[sql(rename_all = "snake_case")]` on an enum | a rule for the texts of its variants; those of `FromRow` |
/// | `#[sql(rename = "ok")]` on a variant | its text |
/// | `#[sql(repr = "i16")]` on an enum | the numbers of its variants, instead of texts: `i16`, `i32` or `i64` |
/// | `#[sql(type_name = "mood")]` | the name of its type in the database, such as an enum of PostgreSQL |
#[proc_macro_derive(SqlType, attributes(sql))]
pub fn sql_type(input: TokenStream) -> TokenStream {
    expand(input, sql_type::expand)
}

fn expand(input: TokenStream, expand: fn(DeriveInput) -> syn::Result<proc_macro2::TokenStream>) -> TokenStream {
    syn::parse(input).and_then(expand).unwrap_or_else(syn::Error::into_compile_error).into()
}
