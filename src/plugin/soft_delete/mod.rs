//! Soft deletes: rows that are deleted stay, and are seen no more.

mod cascade;
mod rows;

use std::borrow::Cow;

use self::cascade::Cascade;
pub use self::rows::{DeletedRows, HardDelete, NoCascade};
use self::rows::{How, Which};
use super::clock::Clock;
use super::reach::Reach;
use super::{Context, LeaveOut, Plugin, text};
use crate::ast::{
    Assignment, ColumnDescription, Cte, Delete, Expr, Ident, IsNull, Node, Role, Shared, Statement, TableDescription,
    TableName, TableUse, Update, VisitMut,
};
use crate::error::{Error, Result, Unsupported};
use crate::types::SqlType;

/// Has deleted rows stay, with the time of their deletion in a column, and be seen no more.
///
/// Every table of every statement is filtered, wherever it stands: in joins (a left join keeps its other side), subqueries,
/// common table expressions, set operations, and where it is updated. A `delete` becomes an `update` that sets the
/// column. It is for every table that is known to have the column, by its declaration or by
/// [`Builder::table`](crate::db::Builder::table), or for those that are named by [`only`](Self::only).
///
/// ```
/// use kysera::plugin::SoftDelete;
/// use kysera::prelude::*;
///
/// #[derive(Debug, PartialEq, Table)]
/// #[table(name = "users")]
/// pub struct User {
///     #[column(primary_key, generated)]
///     id: i64,
///     name: String,
///     deleted_at: Option<chrono::DateTime<chrono::Utc>>,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let db = Db::builder("sqlite::memory:").plugin(SoftDelete::new()).connect().await?;
/// kysera::schema::create_table_for::<User>().execute(&db).await?;
/// insert_into(users::table).values([NewUser::new("Ann"), NewUser::new("Bob")]).execute(&db).await?;
///
/// // update "users" set "deleted_at" = .. where "users"."name" = ?1 and "users"."deleted_at" is null
/// delete_from(users::table).filter(users::name.eq("Bob")).execute(&db).await?;
/// // select "users"."name" from "users" where "users"."deleted_at" is null
/// let names = || select_from(users::table).order_by(users::id).select(users::name);
/// assert_eq!(names().fetch_all(&db).await?, ["Ann"]);
/// assert_eq!(names().with(SoftDelete::include_deleted()).fetch_all(&db).await?, ["Ann", "Bob"]);
///
/// // Restores Bob: an update of rows that are deleted.
/// update(users::table)
///     .set(users::deleted_at.to(None))
///     .filter(users::name.eq("Bob"))
///     .with(SoftDelete::only_deleted())
///     .execute(&db)
///     .await?;
/// assert_eq!(names().fetch_all(&db).await?, ["Ann", "Bob"]);
///
/// delete_from(users::table).filter(users::name.eq("Bob")).with(SoftDelete::hard_delete()).execute(&db).await?;
/// assert_eq!(names().with(SoftDelete::include_deleted()).fetch_all(&db).await?, ["Ann"]);
/// # Ok(())
/// # }
/// ```
///
/// # What a delete does
///
/// It counts, and gives back by `returning`, the rows that it deleted now: a row that was deleted before keeps its time. What
/// `returning` gives is the row afterwards, with the time in it. Since it is an `update`, MariaDB has no `returning` on it, and
/// no `with` before it. A delete without a filter that does not say `all_rows` is refused, as without the plugin.
///
/// # What to know
///
/// - **Unique keys** still count deleted rows: the address of a deleted user is taken. On PostgreSQL and SQLite, make the
///   key of live rows alone: `create unique index .. on users (email) where deleted_at is null`. MySQL and MariaDB have no
///   such index; there, a unique key may be of a generated column that is `null` in deleted rows.
/// - **Upserts** see deleted rows for the same reason. One that hits a deleted row updates it, and it stays deleted unless
///   the upsert sets the column to `null`. Its `returning` gives that row back, deleted as it is.
/// - **Nothing cascades** unless it is [said](SoftDelete::cascade): an `on delete cascade` of the database does not see an update.
///   Rows that refer to a deleted one stay as they are, and an inner join with it gives them no more.
/// - **A struct of some columns** of a table may lack this one. Give the whole table to
///   [`Builder::table`](crate::db::Builder::table), or name it by [`only`](Self::only): then it is known to have the column,
///   whichever struct a statement is written with.
/// - **Text is not filtered**: neither [`sql!`](crate::sql) nor [`batch`](crate::Executor::batch). Within a statement that is
///   filtered, text must be one expression that closes its quotes and parentheses and has no comments, or the statement is
///   refused: `1=1) or (1=1` would end the filter.
/// - **The column** must be one that may be `null`. Of a table that is declared otherwise, or named by [`only`](Self::only) and
///   declared without the column, every statement is refused; and the database is not made, where it was given the table. A
///   table that is declared without the column, and not named, has no soft deletes.
/// - **A column that is named** by [`column`](Self::column) may be misspelled. So a database that was given tables, none of them
///   with it, is not made; and one that was given none refuses to delete from a table without it, unless by
///   [`hard_delete`](Self::hard_delete). Give it one that has the column by [`Builder::table`](crate::db::Builder::table).
/// - A statement may leave the plugin out, by [`without`](crate::query::Statement::without): then it reads all rows, and a
///   delete deletes.
#[derive(Clone, Debug)]
#[must_use = "a plugin does nothing until it is given to a database"]
pub struct SoftDelete {
    column: Ident,
    chosen: Chosen,
    reach: Reach,
    clock: Clock,
    cascade: Cascade,
    name: Cow<'static, str>,
}

/// Who chose the column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Chosen {
    /// Nobody: it is the usual one.
    Usually,
    /// The program, which means that there is such a column.
    ByName,
}

impl SoftDelete {
    /// Soft deletes by the column `deleted_at`, timed by the database.
    pub fn new() -> Self {
        Self {
            column: "deleted_at".into(),
            chosen: Chosen::Usually,
            reach: Reach::default(),
            clock: Clock::default(),
            cascade: Cascade::default(),
            name: "soft delete".into(),
        }
    }

    /// What errors call it, and what others depend on; `soft delete` if it is not said. A database has several by several
    /// names, each [only](Self::only) for its tables, with a column of their own.
    ///
    /// ```
    /// use kysera::plugin::SoftDelete;
    /// # use kysera::{Db, Result};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// let db = Db::builder("sqlite::memory:")
    ///     .plugin(SoftDelete::new())
    ///     .plugin(SoftDelete::new().named("removal of papers").only(["papers"]).column("removed_at"))
    ///     .connect()
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn named(self, name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// The column that holds when a row was deleted, and `null` where it is not; `deleted_at` if it is not said.
    pub fn column(self, name: impl Into<Ident>) -> Self {
        Self { column: name.into(), chosen: Chosen::ByName, ..self }
    }

    /// For these tables alone, by their names without a schema, which need not be declared.
    pub fn only(self, tables: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { reach: self.reach.only(tables), ..self }
    }

    /// Not for these tables. It means nothing beside [`only`](Self::only).
    pub fn except(self, tables: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { reach: self.reach.except(tables), ..self }
    }

    /// Takes the time from the program and not from the database, in the type that the column has: a `DateTime<Utc>`, or
    /// a number of seconds.
    ///
    /// ```
    /// use std::time::SystemTime;
    ///
    /// use kysera::plugin::SoftDelete;
    ///
    /// let plugin = SoftDelete::new().clock(|| chrono::DateTime::<chrono::Utc>::from(SystemTime::now()));
    /// ```
    pub fn clock<V: SqlType<Base = V>>(self, clock: impl Fn() -> V + Send + Sync + 'static) -> Self {
        Self { clock: Clock::of(clock), ..self }
    }

    /// Has a delete take along, in the same statement and at the same time, the rows of these tables that refer to what it
    /// deletes by a column which is declared `on_delete = "cascade"`, and the rows that refer to those.
    ///
    /// Without it nothing cascades, because no foreign key sees an update. It takes a common table expression that writes,
    /// which only PostgreSQL has; elsewhere a delete of rows that others may belong to is [`Unsupported`], and a program
    /// deletes those first, and then these [by themselves](Self::no_cascade), in one transaction. A delete counts and gives
    /// back its own rows alone. As a foreign key's, the cascade does not ask [`RowPolicies`](super::RowPolicies) whose rows those are; nothing
    /// brings them back when a row is restored; and a [hard delete](Self::hard_delete) leaves all of it to the database.
    ///
    /// ```
    /// use kysera::Value;
    /// use kysera::plugin::SoftDelete;
    /// use kysera::prelude::*;
    /// use kysera::testing::{Sql, check_plugin};
    ///
    /// # type Instant = chrono::DateTime<chrono::Utc>;
    /// #[derive(Table)]
    /// #[table(name = "users")]
    /// pub struct User {
    ///     #[column(primary_key, generated)]
    ///     id: i64,
    ///     deleted_at: Option<Instant>,
    /// }
    ///
    /// #[derive(Table)]
    /// #[table(name = "posts")]
    /// pub struct Post {
    ///     #[column(primary_key, generated)]
    ///     id: i64,
    ///     #[column(references(users::id, on_delete = "cascade"))]
    ///     user_id: i64,
    ///     deleted_at: Option<Instant>,
    /// }
    ///
    /// let refused = |name: &str| format!(
    ///     "error: the plugin `soft delete` refused this delete of `users`: {name} has no soft delete that cascades; in one transaction, delete what refers to these rows, and then these with `SoftDelete::no_cascade()`"
    /// );
    /// check_plugin(
    ///     SoftDelete::new().cascade([posts::table.description()]),
    ///     delete_from(users::table).filter(users::id.eq(7)),
    ///     Sql {
    ///         postgres: r#"with "soft delete of posts" as (update "posts" set "deleted_at" = current_timestamp where "posts"."user_id" in (select "users"."id" from "users" where "users"."id" = $1 and "users"."deleted_at" is null) and "posts"."deleted_at" is null) update "users" set "deleted_at" = current_timestamp where "users"."id" = $2 and "users"."deleted_at" is null"#,
    ///         mysql: &refused("MySQL"),
    ///         mariadb: &refused("MariaDB"),
    ///         sqlite: &refused("SQLite"),
    ///         params: &[Value::I64(7), Value::I64(7)],
    ///     },
    /// );
    /// ```
    ///
    /// # Errors
    ///
    /// Of such a delete: where the server has no common table expression that writes, or the delete is itself one; where the
    /// references go in a circle; and where a table has no column to say when a row was deleted.
    pub fn cascade(self, tables: impl IntoIterator<Item = &'static TableDescription>) -> Self {
        Self { cascade: Cascade::to(tables), ..self }
    }

    /// Has a statement read and update deleted rows too. Say it of a statement, or of a [`Db`](crate::Db) for all of its.
    pub const fn include_deleted() -> DeletedRows {
        DeletedRows::of_all_tables(Which::All)
    }

    /// Has a statement read and update deleted rows alone: to show them, or to restore them by setting the column to
    /// `null`. So is every table that the plugin is for; see [`DeletedRows::of`].
    pub const fn only_deleted() -> DeletedRows {
        DeletedRows::of_all_tables(Which::Deleted)
    }

    /// Has a statement read and update live rows alone, as it does where nothing is said: for a statement on a
    /// [`Db`](crate::Db) that was told something else.
    pub const fn exclude_deleted() -> DeletedRows {
        DeletedRows::of_all_tables(Which::Live)
    }

    /// Has a `delete` really delete, live and deleted rows alike; with [`only_deleted`](Self::only_deleted) beside it,
    /// deleted rows alone. Tables that the statement only reads are filtered as ever.
    pub const fn hard_delete() -> HardDelete {
        HardDelete::new(How::Hard)
    }

    /// Has a `delete` keep the rows, as it does where nothing is said: for a statement on a [`Db`](crate::Db) that was told to
    /// [really delete](Self::hard_delete).
    pub const fn soft_delete() -> HardDelete {
        HardDelete::new(How::Soft)
    }

    /// Has a delete take nothing along where the plugin was told to [`cascade`](Self::cascade).
    pub const fn no_cascade() -> NoCascade {
        NoCascade::new()
    }

    fn includes(&self, table: &TableName, context: &Context<'_>) -> bool {
        self.reach.includes(table, self.column.as_str(), context)
    }

    /// Whether an assignment to this column of a table deletes a row or brings it back.
    pub(super) fn is_about(&self, table: &TableName, column: &Ident, context: &Context<'_>) -> bool {
        column.as_str().eq_ignore_ascii_case(self.column.as_str()) && self.includes(table, context)
    }

    /// Whether the program named a column that none of these tables has. Of tables that are named one by one, each is looked at.
    fn is_misspelled(&self, mut tables: impl Iterator<Item = TableName>, context: &Context<'_>) -> bool {
        let is_named = self.chosen == Chosen::ByName && !self.reach.is_of_named();
        is_named && !tables.any(|table| context.column(&table, self.column.as_str()).is_some())
    }

    /// Refuses to really delete from a table without the column, where nobody knows that any has it.
    fn check_hard(&self, table: &TableUse<'_>, context: &Context<'_>) -> Result<()> {
        let is_meant = table.role() != Role::Delete || deletes_really(context) || self.reach.is_excepted(table.name());
        if is_meant || !self.is_misspelled(context.tables().map(TableDescription::table_name), context) {
            return Ok(());
        }
        Err(Error::invalid(format!(
            "no table is known to have the column `{}`, so the rows would not stay; give the database one that has it by \
             `Builder::table`, or say `SoftDelete::hard_delete()`",
            self.column.as_str()
        )))
    }

    /// Refuses a column that cannot say whether a row is deleted: of a table that is declared without it, or never `null`.
    #[inline]
    fn check(&self, table: &TableName, found: Option<&'static ColumnDescription>, context: &Context<'_>) -> Result<()> {
        match found {
            Some(found) if found.nullable => Ok(()),
            Some(_) => Err(self.never_null(table)),
            None => self.check_undeclared(table, context),
        }
    }

    #[cold]
    fn never_null(&self, table: &TableName) -> Error {
        let (name, column) = (table.name.as_str(), self.column.as_str());
        Error::invalid(format!(
            "the column `{column}` of `{name}` is never `null`, so it cannot say that a row is not deleted"
        ))
    }

    /// Refuses a table that is declared without the column. Of one that is not declared nobody knows.
    fn check_undeclared(&self, table: &TableName, context: &Context<'_>) -> Result<()> {
        if context.declared(table).is_none() {
            return Ok(());
        }
        let (name, column) = (table.name.as_str(), self.column.as_str());
        Err(Error::invalid(format!(
            "the table `{name}` is declared without the column `{column}`, which says when a row was deleted"
        )))
    }

    /// Which rows of a table a statement is about.
    #[inline]
    fn which(table: &TableUse<'_>, said: Option<Which>, context: &Context<'_>) -> Result<Which> {
        Ok(match table.role() {
            Role::Insert | Role::Conflict | Role::Define => Which::All,
            Role::Read | Role::Update => said.unwrap_or(Which::Live),
            Role::Delete if deletes_really(context) => said.unwrap_or(Which::All),
            Role::Delete => match said {
                // A row that is deleted keeps its time.
                None | Some(Which::Live | Which::All) => Which::Live,
                Some(Which::Deleted) => {
                    return Err(Error::invalid(
                        "rows that are deleted cannot be deleted again; `SoftDelete::hard_delete()` really deletes them",
                    ));
                }
            },
        })
    }
}

impl Default for SoftDelete {
    fn default() -> Self {
        Self::new()
    }
}

impl Plugin for SoftDelete {
    fn name(&self) -> &str {
        &self.name
    }

    fn priority(&self) -> i32 {
        50
    }

    fn fits(&self, context: &Context<'_>) -> Result<()> {
        self.reach.check_names(context)?;
        let all = || context.tables().map(TableDescription::table_name).filter(|it| !self.reach.is_excepted(it));
        if all().next().is_some() && self.is_misspelled(all(), context) {
            return Err(Error::invalid(format!(
                "none of its tables has the column `{}`, which says when a row was deleted",
                self.column.as_str()
            )));
        }
        let mut named = all().filter(|table| self.includes(table, context));
        named.try_for_each(|table| self.check(&table, context.column(&table, self.column.as_str()), context))
    }

    fn transform(&self, mut statement: Statement, context: &Context<'_>) -> Result<Statement> {
        let (mut deletes, mut restricts, mut closed) = (false, false, Ok(()));
        let says_something = context.get::<DeletedRows>().is_some();
        let restrict = |table: &TableUse<'_>, clause: &mut Option<Expr>| {
            let found = context.column(table.name(), self.column.as_str());
            if !self.reach.covers(table.name(), found.is_some()) {
                return self.check_hard(table, context);
            }
            self.check(table.name(), found, context)?;
            deletes |= table.role() == Role::Delete;
            let all_said = says_something.then(|| context.get_all::<DeletedRows>());
            let said = all_said.and_then(|mut all| all.find_map(|rows| rows.which_of(table.name())));
            let negated = match Self::which(table, said, context)? {
                Which::All => return Ok(()),
                Which::Live => false,
                Which::Deleted => true,
            };
            let is_null = Shared::filled(IsNull { negated, value: Expr::Now }, |it| {
                table.of_column(&self.column, found, |column| it.value.fill(column));
            });
            Expr::restrict(clause, Expr::IsNull(is_null));
            restricts = true;
            Ok(())
        };
        statement.restrict_tables_and_fragments(restrict, |fragment| {
            if closed.is_ok() {
                closed = text::is_closed_in(fragment);
            }
            Ok(())
        })?;
        if restricts {
            closed?;
        }
        if deletes && !deletes_really(context) {
            statement.accept_mut(&mut Soften { plugin: self, context, depth: 0 })?;
        }
        Ok(statement)
    }
}

#[diagnostic::do_not_recommend]
impl LeaveOut for SoftDelete {}

fn deletes_really(context: &Context<'_>) -> bool {
    context.get::<HardDelete>().is_some_and(HardDelete::is_hard)
}

/// Puts an update in place of each delete.
struct Soften<'a> {
    plugin: &'a SoftDelete,
    context: &'a Context<'a>,
    /// In how many statements the one that is looked at is.
    depth: usize,
}

impl VisitMut for Soften<'_> {
    fn visit_statement(&mut self, node: &mut Statement) -> Result<()> {
        self.depth += 1;
        node.walk_mut(self)?;
        self.depth -= 1;
        if let Statement::Delete(delete) = node
            && self.plugin.includes(&delete.from.name, self.context)
        {
            *node = self.update(delete.clone().into_inner())?.into();
        }
        Ok(())
    }
}

impl Soften<'_> {
    fn update(&self, delete: Delete) -> Result<Update> {
        if delete.filter.is_none() && !delete.all_rows {
            return Err(Error::invalid("`delete` without `filter`; say `.all_rows()` where all rows are meant"));
        }
        let SoftDelete { column, chosen: _, reach: _, clock, cascade: _, name: _ } = self.plugin;
        clock.check(&delete.from.name, column, self.context)?;
        let set = Assignment { column: column.clone(), value: clock.now_in(self.context)? };
        let cascade = self.cascade(&delete, &set)?;
        let Delete { mut with, from: table, using: from, filter, all_rows, returning } = delete;
        with.extend(cascade);
        Ok(Update { with, table, assignments: vec![set], from, filter, all_rows, returning })
    }

    /// What deletes the rows that belong to those of a delete.
    fn cascade(&self, delete: &Delete, set: &Assignment) -> Result<Vec<Cte>> {
        let SoftDelete { column, chosen: _, reach: _, clock, cascade, name: _ } = self.plugin;
        let declared = self.context.declared(&delete.from.name);
        let Some(root) = declared.filter(|_| self.context.get::<NoCascade>().is_none()) else { return Ok(Vec::new()) };
        let below = cascade.below(root, delete, column)?;
        let spec = self.context.spec();
        if !below.is_empty() && (!spec.data_modifying_with || self.depth > 0) {
            let hint =
                "in one transaction, delete what refers to these rows, and then these with `SoftDelete::no_cascade()`";
            return Err(Unsupported::new(spec.name, "soft delete that cascades", hint).into());
        }
        let before = |(number, (table, condition)): (usize, (&'static TableDescription, Expr))| {
            let name = table.table_name();
            if !self.plugin.includes(&name, self.context) {
                return Err(Error::invalid(format!(
                    "`{}` has no `{}` that says when a row was deleted",
                    name.name.as_str(),
                    column.as_str()
                )));
            }
            clock.check(&name, column, self.context)?;
            Ok(cascade::before(number, table, condition, set.clone()))
        };
        below.into_iter().enumerate().map(before).collect()
    }
}
