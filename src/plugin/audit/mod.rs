//! Audit: who has written a row, and a log of what was written.

mod actor;
mod change;
mod insert;
pub(crate) mod json;
pub(crate) mod record;
mod restoring;
mod stamp;
mod target;
pub(crate) mod value;

use std::fmt;
use std::sync::Arc;

use self::actor::FindActor;
pub use self::actor::{Actor, Unaudited};
pub(crate) use self::restoring::Restoring;
use self::target::{Changed, NamedColumn, Target};
use super::clock::Clock;
use super::reach::{is_among, names};
use super::{Answer, Context, Next, Plugin, Runner, Wanted, text};
use crate::ast::{Cte, Ident, Operation, Raw, RawPart, Statement, TableName};
use crate::driver::{BoxFuture, Outcome};
use crate::error::{DatabaseError, DatabaseErrorKind, Error, Result, Unsupported};
use crate::row::Rows;
use crate::types::SqlType;
use crate::value::Value;

/// Writes down who has written what.
///
/// *Who*: the columns `created_by` and `updated_by` of what is inserted and updated get the [`Actor`] who travels with the
/// database or the statement, where a table is known to have them and the statement does not set them itself. *What*: each
/// row that is inserted, updated or deleted gets an entry in a log, with its table and key, the operation, the row before and
/// after as JSON, the actor, the time and what the program wants to add. It is written in the same transaction as the change:
/// both are stored, or neither.
///
/// ```
/// use kysera::plugin::{Actor, Audit};
/// use kysera::prelude::*;
///
/// #[derive(Debug, PartialEq, Table)]
/// #[table(name = "users")]
/// pub struct User {
///     #[column(primary_key, generated)]
///     id: i64,
///     name: String,
///     updated_by: Option<i64>,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let audit = Audit::new();
/// let db = Db::builder("sqlite::memory:").plugin(audit.clone()).connect().await?;
/// kysera::schema::create_table_for::<User>().execute(&db).await?;
///
/// let db = db.with(Actor::new(7_i64)); // for one request
/// insert_into(users::table).set(users::name.to("Ann")).execute(&db).await?;
/// update(users::table).set(users::name.to("Bea")).filter(users::id.eq(1)).execute(&db).await?;
///
/// let entries = audit.history().of(users::table).key(1_i64).fetch_all(&db).await?;
/// assert_eq!(entries.len(), 2, "the newest first");
/// assert_eq!(entries[0].before(), Some(r#"{"id":1,"name":"Ann","updated_by":null}"#));
/// assert_eq!(entries[0].after(), Some(r#"{"id":1,"name":"Bea","updated_by":7}"#));
/// assert_eq!(entries[0].user(), Some("7"));
///
/// audit.restore(users::table, entries[0].id(), &db).await?;
/// assert_eq!(select_from(users::table).select(users::name).fetch_one(&db).await?, "Ann");
/// # Ok(())
/// # }
/// ```
///
/// # The log
///
/// It is the table `audit_log`, or [another](Self::log), and is made when the database is connected, unless it is there.
/// No plugin filters or renames it and no log is kept of it; who may read it is for the program to say. Tables and columns have
/// the names in it that the program has for them, also where [`NameMapping`](crate::plugin::NameMapping) gives them others. An
/// update that leaves a row as it was has no entry. A table that grows wants an index: `create index .. on audit_log
/// (table_name, row_key)`.
///
/// What is recorded is what happens to rows: a delete that [`SoftDelete`](crate::plugin::SoftDelete) turns into an update is
/// an update here.
///
/// # How
///
/// Before an update or a delete, the rows that it will change are read and locked; then it changes these rows, and they are
/// read again. An insert has its keys given back, or follows the numbers that the server gave. That costs two or three
/// statements more. So:
///
/// - A table needs a declaration with a primary key, by `#[derive(Table)]` or [`Builder::table`](crate::db::Builder::table).
///   One that has none is refused, unless it is left out by [`except`](Self::except). An entry has the columns that are
///   declared, all declarations together: where a program writes by structs of some of the columns, it gives the whole table
///   to `Builder::table`.
/// - What cannot be known is [`Unsupported`], and nothing is stored: an update that changes a primary key, a common table
///   expression that writes, more rows than can be named by their keys (some ten thousands) where the condition asks for more
///   than their columns, an upsert whose key is not known from its values; on MySQL also an insert from a query, unless it
///   is run as a query and an insert; and on MySQL and MariaDB an upsert of rows without primary keys, or that hits another
///   unique key than that. An upsert is run there as an insert of the rows that are new and an update of the others.
/// - Where another transaction writes the same rows between they are read and written, the statement fails as one that
///   [is to be tried again](Error::is_serialization_failure).
/// - The log has room for 512 characters of a [key](crate::audit::Entry::key) and 255 of who acts. More is an error, and so is
///   a primary key that is null, as SQLite lets it be.
/// - A row that is changed by the database itself has no entry: by `on delete cascade`, by a trigger in another table, or by a
///   function that a statement calls.
/// - Text that holds a word of a statement that writes is refused, since nobody knows what it does. A handle for what needs
///   no log, such as migrations, is made by `db.with(Audit::unaudited())`.
#[derive(Clone)]
#[must_use = "a plugin does nothing until it is given to a database"]
pub struct Audit {
    log: TableName,
    created_by: Ident,
    updated_by: Ident,
    only: Vec<String>,
    except: Vec<String>,
    capture: Capture,
    find_actor: FindActor,
    demand: Demand,
    metadata: Option<AddMetadata>,
    clock: Clock,
}

/// Which rows an entry has.
#[derive(Clone, Copy, Debug)]
enum Capture {
    OldAndNew,
    Old,
    New,
    Neither,
}

impl Capture {
    const fn keeps_before(self) -> bool {
        matches!(self, Self::OldAndNew | Self::Old)
    }

    const fn keeps_after(self) -> bool {
        matches!(self, Self::OldAndNew | Self::New)
    }
}

/// Whether there must be an actor.
#[derive(Clone, Copy, Debug)]
enum Demand {
    Anybody,
    Somebody,
}

/// What the program adds to an entry.
#[derive(Clone)]
struct AddMetadata(Arc<dyn Fn(&Change<'_>) -> Option<String> + Send + Sync>);

/// What an entry is made of.
pub struct Change<'a> {
    table: &'a TableName,
    changed: &'a Changed,
    context: &'a Context<'a>,
}

impl Change<'_> {
    /// The table, by the name that the program has for it.
    #[must_use]
    pub const fn table(&self) -> &TableName {
        self.table
    }

    /// What happened to the row.
    #[must_use]
    pub const fn operation(&self) -> Operation {
        self.changed.operation
    }

    /// The primary key as text: the value of its one column, or a JSON array of those of several.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.changed.key_text
    }

    /// The row before, as JSON; an inserted one has none.
    #[must_use]
    pub fn before(&self) -> Option<&str> {
        self.changed.old.as_deref()
    }

    /// The row after, as JSON; a deleted one has none.
    #[must_use]
    pub fn after(&self) -> Option<&str> {
        self.changed.new.as_deref()
    }

    /// What travels with the statement and the database.
    #[must_use]
    pub const fn context(&self) -> &Context<'_> {
        self.context
    }
}

/// Shows no values of the row.
impl fmt::Debug for Change<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change")
            .field("table", &self.table)
            .field("operation", &self.changed.operation)
            .finish_non_exhaustive()
    }
}

impl Audit {
    /// An audit of all tables, in the log `audit_log`, by the database's clock.
    pub fn new() -> Self {
        Self {
            log: "audit_log".into(),
            created_by: "created_by".into(),
            updated_by: "updated_by".into(),
            only: Vec::new(),
            except: Vec::new(),
            capture: Capture::OldAndNew,
            find_actor: FindActor::default(),
            demand: Demand::Anybody,
            metadata: None,
            clock: Clock::default(),
        }
    }

    /// The table of the log; `audit_log` if it is not said. A tuple says a schema too.
    pub fn log(self, name: impl Into<TableName>) -> Self {
        Self { log: name.into(), ..self }
    }

    /// The column that holds who has made a row; `created_by` if it is not said.
    pub fn created_by(self, name: impl Into<Ident>) -> Self {
        Self { created_by: name.into(), ..self }
    }

    /// The column that holds who has changed a row last; `updated_by` if it is not said.
    pub fn updated_by(self, name: impl Into<Ident>) -> Self {
        Self { updated_by: name.into(), ..self }
    }

    /// For these tables alone, by their names without a schema; none means all.
    pub fn only(self, tables: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { only: names(tables), ..self }
    }

    /// Not for these tables. It means nothing beside [`only`](Self::only).
    pub fn except(self, tables: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { except: names(tables), ..self }
    }

    /// Keeps no rows as they were before. [`restore`](Self::restore) has nothing to restore then.
    pub fn without_before(self) -> Self {
        let capture = if self.capture.keeps_after() { Capture::New } else { Capture::Neither };
        Self { capture, ..self }
    }

    /// Keeps no rows as they are afterwards.
    pub fn without_after(self) -> Self {
        let capture = if self.capture.keeps_before() { Capture::Old } else { Capture::Neither };
        Self { capture, ..self }
    }

    /// Who acts, by a value of a type of the program's that travels with the database or the statement: what is given with
    /// the database comes first. A `null` is nobody. If it is not said, it is the [`Actor`].
    ///
    /// ```
    /// use kysera::plugin::Audit;
    ///
    /// struct User { id: i64 }
    ///
    /// let audit = Audit::new().actor(|user: &User| user.id.into());
    /// ```
    pub fn actor<T: Send + Sync + 'static>(self, of: impl Fn(&T) -> Value + Send + Sync + 'static) -> Self {
        Self { find_actor: FindActor::of(of), ..self }
    }

    /// Refuses to write where nobody is known to act.
    pub fn require_actor(self) -> Self {
        Self { demand: Demand::Somebody, ..self }
    }

    /// What is added to an entry, as text: a JSON document, say. It is kept as it stands.
    ///
    /// ```
    /// use kysera::plugin::Audit;
    ///
    /// struct Reason(&'static str);
    ///
    /// let audit = Audit::new().metadata(|change| Some(change.context().get::<Reason>()?.0.to_owned()));
    /// ```
    pub fn metadata(self, of: impl Fn(&Change<'_>) -> Option<String> + Send + Sync + 'static) -> Self {
        Self { metadata: Some(AddMetadata(Arc::new(of))), ..self }
    }

    /// Takes the time of entries from the program and not from the database: an instant.
    pub fn clock<V: SqlType<Base = V>>(self, clock: impl Fn() -> V + Send + Sync + 'static) -> Self {
        Self { clock: Clock::of(clock), ..self }
    }

    /// Has all that runs on a handle be written without a log and without a stamp, and lets text pass: for what the program
    /// itself does, such as migrations.
    ///
    /// It is for `with` of a database, a transaction or a connection. A query cannot leave out the log, so one that says it
    /// is refused.
    ///
    /// ```
    /// # use kysera::prelude::*;
    /// use kysera::plugin::Audit;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// let db = Db::builder("sqlite::memory:").plugin(Audit::new()).connect().await?;
    /// let system = db.with(Audit::unaudited());
    /// system.batch("create table notes (id integer primary key); insert into notes default values").await?;
    /// assert!(db.batch("delete from notes").await.is_err());
    /// # Ok(())
    /// # }
    /// ```
    pub const fn unaudited() -> Unaudited {
        Unaudited::new()
    }

    /// The table of the log.
    pub(crate) const fn log_name(&self) -> &TableName {
        &self.log
    }

    /// Whether a log is kept of a table.
    fn includes(&self, table: &TableName) -> bool {
        let called = table.in_program();
        // A log that does not say its schema may be in any.
        let is_log = table.name == self.log.name && (self.log.schema.is_none() || table.schema == self.log.schema);
        !is_log && if self.only.is_empty() { !is_among(&self.except, &called) } else { is_among(&self.only, &called) }
    }

    /// What is known of a table of which a log is kept.
    fn target(&self, table: &TableName, next: &Next<'_>) -> Result<Target> {
        let called = table.in_program();
        let name = || called.name.as_str();
        let columns = next.context().known(&called).columns();
        if columns.is_empty() {
            return Err(Error::invalid(format!(
                "nothing is known of the table `{}`, so no log can be kept of it: give its declaration to \
                 `Builder::table`, or leave it out by `except`",
                name()
            )));
        }
        let name_in_log = record::name_of(&called);
        record::has_room(&name_in_log, "the name of the table", record::NAME_LENGTH)?;
        if let Some(restoring) = next.context().get::<Restoring>() {
            restoring.check_table(&name_in_log)?;
        }
        let columns = columns.into_iter().map(|description| {
            let name = next.column_name(&called, description.name)?;
            Ok(NamedColumn { description, name })
        });
        let columns = columns.collect::<Result<_>>()?;
        Target::new(table.clone(), called.clone(), columns).ok_or_else(|| {
            Error::invalid(format!(
                "the table `{}` has no primary key, so no log can be kept of its rows; leave it out by `except`",
                name()
            ))
        })
    }

    /// Who acts, if anybody does.
    fn actor_of(&self, context: &Context<'_>) -> Result<Option<Value>> {
        match (self.find_actor.find(context), self.demand) {
            (None | Some(Value::Null(_)), Demand::Somebody) => {
                Err(Error::invalid("nobody is known to act; give the actor to the database by `with`"))
            }
            (actor, Demand::Anybody | Demand::Somebody) => Ok(actor),
        }
    }

    /// Who acts, as the log has it.
    fn text_of_actor(&self, context: &Context<'_>) -> Result<Option<String>> {
        let actor = self.actor_of(context)?.filter(|actor| !actor.is_null()).map(|actor| value::plain(&actor));
        if let Some(actor) = &actor {
            record::has_room(actor, "what says who acts", record::NAME_LENGTH)?;
        }
        Ok(actor)
    }
}

impl Default for Audit {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Audit").field("log", &self.log).field("capture", &self.capture).finish_non_exhaustive()
    }
}

impl Plugin for Audit {
    fn name(&self) -> &str {
        "audit"
    }

    /// After those that change what is written, so that a stamp is the last of it.
    fn priority(&self) -> i32 {
        10
    }

    fn fits(&self, context: &Context<'_>) -> Result<()> {
        context.check_names(&self.only)
    }

    fn init<'a>(&'a self, runner: Runner<'a>) -> BoxFuture<'a, Result<()>> {
        Box::pin(record::create(&self.log, runner))
    }

    fn transform(&self, mut statement: Statement, context: &Context<'_>) -> Result<Statement> {
        if is_unaudited(context) {
            return Ok(statement);
        }
        if context.get::<Unaudited>().is_some() {
            return Err(Error::invalid(
                "a query cannot leave out the log; run it on a handle that is made by `with(Audit::unaudited())`",
            ));
        }
        texts_change_nothing(&statement)?;
        not_renamed_by_query(&statement, context)?;
        self.stamp(&mut statement, context)?;
        Ok(statement)
    }

    fn wraps(&self, statement: &Statement, context: &Context<'_>) -> bool {
        !is_unaudited(context) && (self.is_written(statement) || self.is_written_in_with(statement))
    }

    fn around<'a>(&'a self, statement: Statement, mut next: Next<'a>) -> BoxFuture<'a, Result<Answer>> {
        Box::pin(async move {
            let context = *next.context();
            if self.is_written_in_with(&statement) {
                return Err(Unsupported::new(
                    context.spec().name,
                    "audit of a common table expression that writes",
                    "run what it writes as a statement of its own",
                )
                .into());
            }
            // Who may not write, or cannot be written down, is told so before anything is sent.
            self.text_of_actor(&context)?;
            match statement {
                Statement::Insert(insert) => {
                    let target = self.target(&insert.into, &next)?;
                    self.insert(&target, insert.into_inner(), next).await
                }
                Statement::Update(update) => {
                    let target = self.target(&update.table.name, &next)?;
                    self.update(&target, update.into_inner(), next).await
                }
                Statement::Delete(delete) => {
                    let target = self.target(&delete.from.name, &next)?;
                    self.delete(&target, delete.into_inner(), next).await
                }
                statement @ (Statement::Select(_)
                | Statement::Compound(_)
                | Statement::CreateTable(_)
                | Statement::DropTable(_)
                | Statement::RowSecurity(_)
                | Statement::Raw(_)) => next.run(statement).await,
            }
        })
    }

    fn pass_text(&self, sql: &str, context: &Context<'_>) -> Result<()> {
        if is_unaudited(context) {
            return Ok(());
        }
        changes_nothing(&Raw { parts: [RawPart::Text(sql.to_owned().into())].into_iter().collect() })
    }
}

impl Audit {
    /// Whether a statement itself writes a table of which a log is kept.
    fn is_written(&self, statement: &Statement) -> bool {
        match statement {
            Statement::Insert(_) | Statement::Update(_) | Statement::Delete(_) => {
                statement.table().is_some_and(|table| self.includes(table))
            }
            Statement::Select(_)
            | Statement::Compound(_)
            | Statement::CreateTable(_)
            | Statement::DropTable(_)
            | Statement::RowSecurity(_)
            | Statement::Raw(_) => false,
        }
    }

    /// Whether a common table expression before a statement does.
    fn is_written_in_with(&self, statement: &Statement) -> bool {
        with_of(statement).iter().any(|cte| self.is_written(&cte.statement))
    }
}

/// The common table expressions before a statement. No server lets one write that stands anywhere else.
fn with_of(statement: &Statement) -> &[Cte] {
    match statement {
        Statement::Select(it) => &it.with,
        Statement::Compound(it) => &it.with,
        Statement::Insert(it) => &it.with,
        Statement::Update(it) => &it.with,
        Statement::Delete(it) => &it.with,
        Statement::CreateTable(_) | Statement::DropTable(_) | Statement::RowSecurity(_) | Statement::Raw(_) => &[],
    }
}

/// Refuses text that may write, as a statement or before one.
fn texts_change_nothing(statement: &Statement) -> Result<()> {
    let before = with_of(statement).iter().map(|cte| &cte.statement);
    before.chain([statement]).try_for_each(|statement| match statement {
        Statement::Raw(raw) => changes_nothing(raw),
        Statement::Select(_)
        | Statement::Compound(_)
        | Statement::Insert(_)
        | Statement::Update(_)
        | Statement::Delete(_)
        | Statement::CreateTable(_)
        | Statement::DropTable(_)
        | Statement::RowSecurity(_) => Ok(()),
    })
}

/// Refuses to write a table that a plugin of the query's own has renamed: which tables have a log is said by the names that the
/// program has for them, and a query could call a table by the name of one that has none.
fn not_renamed_by_query(statement: &Statement, context: &Context<'_>) -> Result<()> {
    if context.plugins_of_query().is_empty() {
        return Ok(());
    }
    let writes = |it: &&Statement| matches!(it.operation(), Operation::Insert | Operation::Update | Operation::Delete);
    let written = with_of(statement).iter().map(|cte| &cte.statement).chain([statement]).filter(writes);
    let mut tables = written.filter_map(Statement::table);
    match tables.find(|table| table.in_program() != **table) {
        Some(table) => Err(Error::invalid(format!(
            "a plugin of the query calls the table `{}` otherwise; give the plugin to the database",
            table.in_program().name.as_str()
        ))),
        None => Ok(()),
    }
}

fn changes_nothing(raw: &Raw) -> Result<()> {
    text::has_none_of(raw, &text::CHANGES)
}

/// Whether the handle was made for what needs no log. What a query says does not count.
fn is_unaudited(context: &Context<'_>) -> bool {
    context.get_from_handle_alone::<Unaudited>().is_some()
}

/// Another transaction has written a row between it was read and changed.
fn lost() -> Error {
    Error::database(DatabaseError::new(
        DatabaseErrorKind::SerializationFailure,
        "audit",
        "another transaction has written the same rows; try again",
    ))
}

/// What came of a statement that gives no rows, in the form that is wanted.
fn answer_of(outcome: Outcome, wanted: Wanted) -> Answer {
    match wanted {
        Wanted::Outcome => Answer::Outcome(outcome),
        Wanted::Rows => Answer::Rows(Rows::new(Arc::default())),
    }
}
