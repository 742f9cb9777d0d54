//! Timestamps: when a row was made, and when it was last changed.

use std::borrow::Cow;

use super::clock::Clock;
use super::reach::Reach;
use super::{Context, LeaveOut, Plugin, SoftDelete};
use crate::ast::{Assignment, Expr, Ident, Statement, TableName};
use crate::error::Result;
use crate::types::SqlType;

/// Writes down when a row was made, and when it was last changed.
///
/// An `insert` gives the column `created_at`, an `update` and the update branch of an upsert set `updated_at`, wherever in a
/// statement they stand; all rows of a statement get the same instant. It is for every table that is known to have the
/// column, by its declaration or by [`Builder::table`](crate::db::Builder::table), or for those that are named by
/// [`only`](Self::only).
///
/// ```
/// use kysera::plugin::Timestamps;
/// use kysera::prelude::*;
///
/// type Instant = chrono::DateTime<chrono::Utc>;
///
/// #[derive(Debug, PartialEq, Table)]
/// #[table(name = "users")]
/// pub struct User {
///     #[column(primary_key, generated)]
///     id: i64,
///     name: String,
///     #[column(default = now)]
///     created_at: Instant,
///     updated_at: Option<Instant>,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let db = Db::builder("sqlite::memory:").plugin(Timestamps::new()).connect().await?;
/// kysera::schema::create_table_for::<User>().execute(&db).await?;
/// // insert into "users" ("name", "updated_at", "created_at") values (?1, null, now)
/// insert_into(users::table).values(NewUser::new("Ann")).execute(&db).await?;
/// // update "users" set "name" = ?1, "updated_at" = now where "users"."name" = ?2
/// update(users::table).set(users::name.to("Bob")).filter(users::name.eq("Ann")).execute(&db).await?;
/// let bob = select_from(users::table).fetch_one(&db).await?;
/// assert!(bob.updated_at.is_some_and(|updated| updated >= bob.created_at));
/// # Ok(())
/// # }
/// ```
///
/// # What is left as it is
///
/// - What the statement itself says of the column. `null` among the values of an insert says nothing, because a struct
///   gives it in every column that may be empty.
/// - An update that sets nothing but columns that are not [minded](Self::unless_only), by default `deleted_at` and that of
///   [`SoftDelete`]: so a row that is deleted or restored by it keeps the time of its last change.
/// - A statement that [leaves out](crate::query::Statement::without) the plugin, and text.
///
/// # Whose clock
///
/// The database's, which all programs share, where no [`clock`](Self::clock) is given. On PostgreSQL that is when the
/// transaction began, so all statements of one have the same instant; SQLite's has milliseconds, the others microseconds.
#[derive(Clone, Debug)]
#[must_use = "a plugin does nothing until it is given to a database"]
pub struct Timestamps {
    created: Ident,
    updated: Ident,
    inserts: Inserts,
    unminded: Unminded,
    reach: Reach,
    clock: Clock,
    name: Cow<'static, str>,
}

/// Which columns do not count as a change of the row.
#[derive(Clone, Debug)]
enum Unminded {
    /// `deleted_at`, and what [`SoftDelete`] of the same database sets.
    DeletedAt,
    /// These.
    Only(Vec<String>),
}

/// What an insert gives.
#[derive(Clone, Copy, Debug)]
enum Inserts {
    Created,
    CreatedAndUpdated,
}

impl Timestamps {
    /// Timestamps in the columns `created_at` and `updated_at`, by the database's clock.
    pub fn new() -> Self {
        Self {
            created: "created_at".into(),
            updated: "updated_at".into(),
            inserts: Inserts::Created,
            unminded: Unminded::DeletedAt,
            reach: Reach::default(),
            clock: Clock::default(),
            name: "timestamps".into(),
        }
    }

    /// What errors call it, and what others depend on; `timestamps` if it is not said. A database has several by several
    /// names, each [only](Self::only) for its tables, with columns or a clock of their own.
    pub fn named(self, name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// The column that holds when a row was made; `created_at` if it is not said.
    pub fn created(self, name: impl Into<Ident>) -> Self {
        Self { created: name.into(), ..self }
    }

    /// The column that holds when a row was last changed; `updated_at` if it is not said.
    pub fn updated(self, name: impl Into<Ident>) -> Self {
        Self { updated: name.into(), ..self }
    }

    /// Has an insert give both columns, so that a row that was never changed has the same time in both.
    pub fn updated_on_insert(self) -> Self {
        Self { inserts: Inserts::CreatedAndUpdated, ..self }
    }

    /// Has an update that sets no other columns than these be no change of the row. If it is not said, they are `deleted_at` and
    /// the column of each [`SoftDelete`] of the same database or query, for its tables. By none, a delete is a change too.
    pub fn unless_only(self, columns: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { unminded: Unminded::Only(columns.into_iter().map(Into::into).collect()), ..self }
    }

    /// For these tables alone, by their names without a schema, which need not be declared. Of one that is declared, those
    /// of the two columns that it has.
    pub fn only(self, tables: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { reach: self.reach.only(tables), ..self }
    }

    /// Not for these tables. It means nothing beside [`only`](Self::only).
    pub fn except(self, tables: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { reach: self.reach.except(tables), ..self }
    }

    /// Takes the time from the program and not from the database, in the type that the columns have. It is asked once for
    /// each statement.
    ///
    /// ```
    /// use std::time::SystemTime;
    ///
    /// use kysera::plugin::Timestamps;
    ///
    /// let now = || chrono::DateTime::<chrono::Utc>::from(SystemTime::now());
    /// let instants = Timestamps::new().clock(now);
    /// let seconds = Timestamps::new().clock(move || now().timestamp());
    /// let text = Timestamps::new().clock(move || now().format("%Y-%m-%dT%H:%M:%SZ").to_string());
    /// ```
    pub fn clock<V: SqlType<Base = V>>(self, clock: impl Fn() -> V + Send + Sync + 'static) -> Self {
        Self { clock: Clock::of(clock), ..self }
    }

    /// Has an update that sets nothing by itself set the time of the last change, and only that. Where the table is not stamped,
    /// such an update is an error, as it is without this.
    ///
    /// ```
    /// use kysera::plugin::Timestamps;
    /// use kysera::prelude::*;
    ///
    /// # type Instant = chrono::DateTime<chrono::Utc>;
    /// # #[derive(Table)]
    /// # #[table(name = "users")]
    /// # pub struct User { #[column(primary_key, generated)] id: i64, name: String, updated_at: Option<Instant> }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// let db = Db::builder("sqlite::memory:").plugin(Timestamps::new()).connect().await?;
    /// kysera::schema::create_table_for::<User>().execute(&db).await?;
    /// insert_into(users::table).values(NewUser::new("Ann")).execute(&db).await?;
    /// update(users::table).filter(users::name.eq("Ann")).with(Timestamps::touch()).execute(&db).await?;
    /// assert!(select_from(users::table).select(users::updated_at).fetch_one(&db).await?.is_some());
    /// # Ok(())
    /// # }
    /// ```
    pub const fn touch() -> Touch {
        Touch(())
    }

    /// Whether what is set changes the row.
    fn is_change(&self, table: &TableName, set: &[Assignment], context: &Context<'_>) -> bool {
        let is_unminded = |it: &Assignment| match &self.unminded {
            Unminded::Only(columns) => columns.iter().any(|column| column == it.column.as_str()),
            Unminded::DeletedAt => {
                it.column.as_str() == "deleted_at"
                    || context.plugins::<SoftDelete>().any(|plugin| plugin.is_about(table, &it.column, context))
            }
        };
        !set.iter().all(is_unminded)
    }

    fn stamp(&self, mut statement: Statement, context: &Context<'_>) -> Result<Statement> {
        let mut stamp = Stamp { plugin: self, context, now: None };
        let Self { created, updated, inserts, unminded: _, reach: _, clock: _, name: _ } = self;
        statement.set_on_insert(created, |table| stamp.now_for(table.name(), created))?;
        match inserts {
            Inserts::Created => {}
            Inserts::CreatedAndUpdated => {
                statement.set_on_insert(updated, |table| stamp.now_for(table.name(), updated))?;
            }
        }
        statement.set_on_update(updated, |table, set| {
            if self.is_change(table.name(), set, context) { stamp.now_for(table.name(), updated) } else { Ok(None) }
        })?;
        if let Statement::Update(update) = &mut statement
            && update.assignments.is_empty()
            && context.get::<Touch>().is_some()
            && let Some(value) = stamp.now_for(&update.table.name, updated)?
        {
            update.assignments.push(Assignment { column: updated.clone(), value });
        }
        Ok(statement)
    }
}

impl Default for Timestamps {
    fn default() -> Self {
        Self::new()
    }
}

impl Plugin for Timestamps {
    fn name(&self) -> &str {
        &self.name
    }

    fn priority(&self) -> i32 {
        30
    }

    fn fits(&self, context: &Context<'_>) -> Result<()> {
        self.reach.check_names(context)
    }

    fn transform(&self, statement: Statement, context: &Context<'_>) -> Result<Statement> {
        if statement.may_set_columns() { self.stamp(statement, context) } else { Ok(statement) }
    }
}

#[diagnostic::do_not_recommend]
impl LeaveOut for Timestamps {}

/// Has an update that sets nothing say that its rows were changed: a value that travels with it.
/// [`Timestamps::touch`] makes it.
#[derive(Clone, Debug)]
#[must_use = "it does nothing until an update is given it by `with`"]
pub struct Touch(());

/// What is stamped, and with which time.
struct Stamp<'a> {
    plugin: &'a Timestamps,
    context: &'a Context<'a>,
    /// What the clock said, once it was asked.
    now: Option<Expr>,
}

impl Stamp<'_> {
    /// What a column of a table is to hold, if it is stamped.
    fn now_for(&mut self, name: &TableName, column: &Ident) -> Result<Option<Expr>> {
        let Timestamps { created: _, updated: _, inserts: _, unminded: _, reach, clock, name: _ } = self.plugin;
        let known = self.context.known(name);
        let has = || known.any().is_none() || known.column(column.as_str()).is_some();
        if !reach.includes(name, column.as_str(), self.context) || !has() {
            return Ok(None);
        }
        clock.check(name, column, self.context)?;
        let now = match self.now.take() {
            Some(now) => now,
            None => clock.now_in(self.context)?,
        };
        Ok(Some(self.now.insert(now).clone()))
    }
}
