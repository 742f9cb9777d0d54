//! Who sees and changes which rows.

mod policy;
mod asker;
mod rule;
mod computed;
mod demands;
mod refusal;
mod stored;
mod verdict;
mod writes;
mod native_name;
mod native;

use std::any::Any;
use std::fmt;

pub use self::asker::Asker;
use self::asker::Fact;
pub use self::native::NativePolicies;
pub use self::policy::Policy;
use self::refusal::Listeners;
pub use self::refusal::Refusal;
use self::rule::{ColumnRule, Tables};
use super::{Answer, Context, Declared, HarmlessFunctions, Next, Plugin, text};
use crate::ast::{Operation, PolicyCommand, Role, Statement, TableName};
use crate::driver::BoxFuture;
use crate::error::{Error, Result};
use crate::types::SqlType;
use crate::value::Value;

/// Keeps tenants, and owners, to their own rows.
///
/// A rule says which value a column has in the rows of whoever asks. The value comes from one that travels with the
/// statement ([`Db::with`](crate::Db::with)); without it nothing runs. Then
///
/// - every read, wherever it is nested, every update and delete, and the update of an upsert reaches only rows with that
///   value, by a condition in the statement itself. MySQL and MariaDB have no place for one in an upsert, so there an
///   upsert that updates is [`Unsupported`](crate::error::Unsupported);
/// - an insert has the value: where the column is left out, it is added; where it is given, it must be given as exactly
///   this value. So must it be in `set`, so that no row is handed over.
///
/// Beyond that, [policies](Policy) say by any condition what is read, changed and written; and both can be held by
/// PostgreSQL itself, by [`native`](Self::native).
///
/// What is not known is refused: a table that [`tenant`](Self::tenant) knows no column of, unless [`except`](Self::except)
/// names it; definitions, and text: whole statements, [`batch`](crate::Executor::batch), compiled requests, and within a
/// statement text that could read a table, or be more than one expression. A function is called, in text too, if it is one of the
/// servers' own that do nothing but to give a value of what they are given; any other is [allowed](Self::allow_function) by name.
/// What a database defines by itself and hides behind a column, an operator, a view or a type, nobody sees: `docs.leak` calls
/// the function `leak(docs)` on PostgreSQL.
///
/// A condition of the statement's own is evaluated on rows before or after those of the plugin, as the server plans it. What it
/// finds of another tenant's row, nobody sees; but an error of it tells that there is such a row: a division by zero, a cast, a
/// pattern of `like` that ends in its escape. So does a rank of a search for words (`match`, `bm25`), which counts all rows.
/// What must not be told so either is held by [native](Self::native) policies of PostgreSQL, which lets nothing go before them
/// that is not known never to fail. That a key is taken by a row of another tenant still shows in an insert that fails, as do
/// foreign keys that cascade: put the tenant into keys. A [cascade of soft deletes](super::SoftDelete::cascade) takes along
/// what refers to a row, whosever that is; and who reads the history of [`Audit`](super::Audit), which has the rows of all, is
/// for the program to say.
///
/// The value is of the type that the column is declared with. MySQL and MariaDB take text for the same that differs in case,
/// accents or what cannot be seen, so its letters are compared too. Where a column is made to compare like that elsewhere
/// (`collate nocase`, `citext`), or its type only has a name, it is for the program to see that no two tenants are equal.
///
/// What a view, a trigger or a function of the program's own does with rows, nobody sees here. A query on a handle that has
/// a value asks with that one, whatever value it brings along itself by [`with`](crate::query::Statement::with); on a handle
/// without one, it asks with its own. Plugins of a lower priority run later, and what they add is theirs to restrict.
///
/// No query can leave it out. [`Db::without_plugin`](crate::Db::without_plugin)`("row policies")` is the one way round it.
///
/// ```
/// use kysera::plugin::RowPolicies;
/// use kysera::prelude::*;
/// # use kysera::Db;
///
/// #[derive(Debug, PartialEq, Table)]
/// #[table(name = "notes")]
/// pub struct Note {
///     #[column(primary_key, generated)]
///     id: i64,
///     tenant_id: i64,
///     text: String,
/// }
///
/// struct Tenant(i64);
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> kysera::Result<()> {
/// let policies = RowPolicies::new().tenant("tenant_id", |tenant: &Tenant| tenant.0.into());
/// let db = Db::builder("sqlite::memory:").plugin(policies).connect().await?;
/// # let all = db.without_plugin("row policies")?;
/// # kysera::schema::create_table_for::<Note>().execute(&all).await?;
/// let (ann, bob) = (db.with(Tenant(1)), db.with(Tenant(2)));
/// insert_into(notes::table).set(notes::text.to("mine")).execute(&ann).await?;
/// assert_eq!(select_from(notes::table).select(notes::tenant_id).fetch_all(&ann).await?, [1]);
/// assert!(select_from(notes::table).fetch_all(&bob).await?.is_empty());
/// // Bob writes no row of another tenant, and without a tenant nothing runs.
/// assert!(insert_into(notes::table).values(NewNote::new(1, "yours")).execute(&bob).await.unwrap_err().is_invalid());
/// assert!(select_from(notes::table).fetch_all(&db).await.unwrap_err().is_invalid());
/// # Ok(())
/// # }
/// ```
#[derive(Default)]
pub struct RowPolicies {
    columns: Vec<ColumnRule>,
    facts: Vec<Fact>,
    /// Those that are looked at first come first.
    policies: Vec<Policy>,
    unrestricted: Vec<Box<Unrestricted>>,
    except: Vec<TableName>,
    nobody: Nobody,
    held_by: HeldBy,
    functions: HarmlessFunctions,
    text: Passes,
    definitions: Passes,
    listeners: Listeners,
    /// What cannot be meant, if anything is such.
    problem: Option<String>,
}

/// Which rows a query means, by what may be done with them: a value that travels with it.
/// [`RowPolicies::may_update`] and [`RowPolicies::may_delete`] make it.
#[derive(Clone, Debug)]
pub struct May(PolicyCommand);

/// Whether whoever asks may see everything.
type Unrestricted = dyn Fn(&Context<'_>) -> bool + Send + Sync;

/// Whether what no policy can look into is run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Passes {
    #[default]
    No,
    Yes,
}

/// What nobody in particular reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Nobody {
    /// It is an error.
    #[default]
    Refused,
    /// No rows.
    Nothing,
}

/// Who sees to it that rules and policies are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum HeldBy {
    /// The plugin, whatever the server does besides.
    #[default]
    Plugin,
    /// The server alone.
    Server,
}

/// A table, and what is known of it.
struct Known<'n> {
    name: &'n TableName,
    declared: Declared<'n>,
}

impl RowPolicies {
    /// No rules yet, which lets nothing pass that is not declared.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// `column = value` for all tables but [those that are excepted](Self::except), each of which must be declared with the
    /// column: by `#[derive(Table)]`, or to [`Builder::table`](crate::db::Builder::table) where it is named by text.
    ///
    /// The value is made of a `T` that travels with the statement. It is never `null`.
    #[must_use]
    pub fn tenant<T: Any>(
        self,
        column: impl Into<String>,
        value: impl Fn(&T) -> Value + Send + Sync + 'static,
    ) -> Self {
        self.rule(ColumnRule::new(Tables::All, column.into(), value))
    }

    /// `column = value` for these tables alone, by their names, in any schema and whatever their case.
    ///
    /// ```
    /// # use kysera::plugin::RowPolicies;
    /// struct User(i64);
    ///
    /// let policies = RowPolicies::new().owner(["drafts", "sessions"], "user_id", |user: &User| user.0.into());
    /// ```
    #[must_use]
    pub fn owner<T: Any>(
        self,
        tables: impl IntoIterator<Item = impl Into<String>>,
        column: impl Into<String>,
        value: impl Fn(&T) -> Value + Send + Sync + 'static,
    ) -> Self {
        let tables = tables.into_iter().map(|name| name.into().to_lowercase()).collect();
        self.rule(ColumnRule::new(Tables::Only(tables), column.into(), value))
    }

    /// Something that [policies](Policy) may ask of whoever asks, by a name: taken from a `T` that travels with the
    /// statement.
    #[must_use]
    pub fn fact<T: Any, V: SqlType>(
        mut self,
        name: impl Into<String>,
        value: impl Fn(&T) -> V + Send + Sync + 'static,
    ) -> Self {
        let name = name.into();
        self.note(name.is_empty().then(|| "a fact without a name".into()));
        // Settings of a server have no case.
        let taken = self.facts.iter().find(|it| it.name.eq_ignore_ascii_case(&name));
        self.note(taken.map(|it| match it.name == name {
            true => format!("two facts are called `{name}`"),
            false => format!("the facts `{}` and `{name}` differ by the case of letters alone", it.name),
        }));
        self.facts.push(Fact::new(name, value));
        self
    }

    /// One more condition on the rows of a table; see [`Policy`].
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.note(policy.problem());
        self.policies.retain(|it| !policy.replaces(it));
        let policy = policy.name_among(&self.policies);
        let at = self.policies.partition_point(|it| it.rank() >= policy.rank());
        self.policies.insert(at, policy);
        self
    }

    /// Several more, such as those of another module of the program.
    #[must_use]
    pub fn policies(self, policies: impl IntoIterator<Item = Policy>) -> Self {
        policies.into_iter().fold(self, Self::policy)
    }

    /// The policies of a table for a command, in the order in which they are looked at, by their names.
    pub fn names_of(&self, table: &str, command: PolicyCommand) -> impl Iterator<Item = String> {
        let name = TableName::new(table);
        self.policies.iter().filter(move |it| it.is_about(&name) && it.is_for(command)).map(Policy::name)
    }

    /// Has tables that belong to no tenant: whatever the case of their names, but in this schema, or without one.
    #[must_use]
    pub fn except<N: Into<TableName>>(mut self, tables: impl IntoIterator<Item = N>) -> Self {
        self.except.extend(tables.into_iter().map(Into::into));
        self
    }

    /// Has no rule hold for whom this is true: an administrator, the system itself. Their statements run as they are, text
    /// and definitions too.
    ///
    /// It is asked of the `T` of the handle alone: no query says of itself that it may do everything. What a program does for
    /// nobody in particular runs better on a handle made by [`Db::without_plugin`](crate::Db::without_plugin), which a review
    /// can look for.
    ///
    /// ```
    /// # use kysera::plugin::RowPolicies;
    /// struct User {
    ///     admin: bool,
    /// }
    ///
    /// let policies = RowPolicies::new().unrestricted(|user: &User| user.admin);
    /// ```
    #[must_use]
    pub fn unrestricted<T: Any>(mut self, is: impl Fn(&T) -> bool + Send + Sync + 'static) -> Self {
        self.unrestricted.push(Box::new(move |context| context.get_from_handle_alone::<T>().is_some_and(&is)));
        self
    }

    /// Has a query read only rows that whoever asks may update, of all its tables: to know whether there is a button to show.
    /// Whether the row that an update leaves is one that may be, only the update knows.
    ///
    /// ```
    /// # use kysera::plugin::RowPolicies;
    /// # use kysera::prelude::*;
    /// # #[derive(Table)]
    /// # #[table(name = "posts")]
    /// # pub struct Post { #[column(primary_key, generated)] id: i64 }
    /// let q = select_from(posts::table).filter(posts::id.eq(7)).with(RowPolicies::may_update());
    /// ```
    #[must_use]
    pub const fn may_update() -> May {
        May(PolicyCommand::Update)
    }

    /// Has a query read only rows that whoever asks may delete, of all its tables.
    #[must_use]
    pub const fn may_delete() -> May {
        May(PolicyCommand::Delete)
    }

    /// Has tables be empty to read for whom nothing is known of, instead of an error. They write nothing.
    #[must_use]
    pub fn nothing_for_nobody(self) -> Self {
        Self { nobody: Nobody::Nothing, ..self }
    }

    /// Leaves it to the server to hold its [native](Self::native) policies: statements and text run as they are, and
    /// [`set_local`](Self::set_local) is all that the plugin does. A table without native policies is open then. A database
    /// whose server holds no policies does not connect with it.
    #[must_use]
    pub fn leave_to_server(self) -> Self {
        Self { held_by: HeldBy::Server, ..self }
    }

    /// Lets a function be called too, which the program knows to read no table and to do nothing but to give a value: by its
    /// name, or by its schema and its name if it is called so.
    ///
    /// ```
    /// use kysera::plugin::RowPolicies;
    ///
    /// let policies = RowPolicies::new().allow_function("distance").allow_function("geo.distance");
    /// ```
    #[must_use]
    pub fn allow_function(self, name: impl Into<String>) -> Self {
        Self { functions: self.functions.allow_function(name), ..self }
    }

    /// Lets text pass, which then reaches every row of every tenant, and every function be called.
    #[must_use]
    pub fn allow_text(self) -> Self {
        Self { text: Passes::Yes, ..self }
    }

    /// Lets tables, and policies of the server, be created and dropped.
    #[must_use]
    pub fn allow_definitions(self) -> Self {
        Self { definitions: Passes::Yes, ..self }
    }

    /// Tells somebody of every statement that is refused here before anything is sent, such as a log of attempts. It is told
    /// while the statement's own task waits: what takes long, let it hand on. What the server refuses,
    /// [`Plugin::on_error`](super::Plugin::on_error) is told.
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    ///
    /// use kysera::plugin::RowPolicies;
    /// use kysera::prelude::*;
    /// # use kysera::Db;
    /// # #[derive(Table)]
    /// # #[table(name = "notes")]
    /// # pub struct Note { #[column(primary_key, generated)] id: i64, tenant_id: i64 }
    ///
    /// struct Tenant(i64);
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// let attempts = Arc::new(Mutex::new(Vec::new()));
    /// let log = Arc::clone(&attempts);
    /// let policies = RowPolicies::new().tenant("tenant_id", |tenant: &Tenant| tenant.0.into()).on_refusal(move |it| {
    ///     let who = it.context.get_from_handle::<Tenant>().map(|tenant| tenant.0);
    ///     log.lock().unwrap().push(format!("{who:?}: {} of {:?}", it.operation, it.table.map(|table| table.name.as_str())));
    /// });
    /// let db = Db::builder("sqlite::memory:").plugin(policies).connect().await?.with(Tenant(1));
    /// assert!(insert_into(notes::table).values(NewNote::new(2)).execute(&db).await.is_err());
    /// assert_eq!(*attempts.lock().unwrap(), [r#"Some(1): insert of Some("notes")"#]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn on_refusal(mut self, told: impl Fn(&Refusal<'_>) + Send + Sync + 'static) -> Self {
        self.listeners.add(told);
        self
    }

    /// Looks for what cannot be meant: a policy without a table or a command, two facts of one name, a rule without a column.
    /// A database refuses every statement where there is such a thing; ask here to know it before.
    ///
    /// # Errors
    ///
    /// The first of them.
    pub fn validate(&self) -> Result<()> {
        match &self.problem {
            Some(problem) => Err(Error::invalid(problem.clone())),
            None => Ok(()),
        }
    }

    /// Keeps the first thing that is wrong.
    fn note(&mut self, problem: Option<String>) {
        self.problem = self.problem.take().or(problem);
    }

    fn rule(mut self, rule: ColumnRule) -> Self {
        self.note(rule.column.as_str().is_empty().then(|| "a rule for no column".into()));
        self.columns.push(rule);
        self
    }

    fn rewrite(&self, mut statement: Statement, context: &Context<'_>) -> Result<Statement> {
        self.validate()?;
        if native::is_set_local(&statement) {
            return self.settings(context);
        }
        if self.is_unrestricted(context) {
            return Ok(statement);
        }
        if self.definitions == Passes::No && statement.operation() == Operation::Define {
            return Err(Error::invalid("tables are not defined here, unless by `allow_definitions`"));
        }
        let mut writes = false;
        statement.restrict_tables_and_fragments(
            |table, clause| {
                writes |= matches!(table.role(), Role::Insert | Role::Update);
                self.restrict(table, context, clause)
            },
            |fragment| match self.text {
                Passes::No => text::reaches_no_table(fragment, &self.functions),
                Passes::Yes => Ok(()),
            },
        )?;
        if writes {
            self.check_writes(&mut statement, context)?;
        }
        Ok(statement)
    }

    fn is_unrestricted(&self, context: &Context<'_>) -> bool {
        self.held_by == HeldBy::Server || self.unrestricted.iter().any(|is| is(context))
    }
}

impl Plugin for RowPolicies {
    fn name(&self) -> &str {
        "row policies"
    }

    fn priority(&self) -> i32 {
        100
    }

    fn fits(&self, context: &Context<'_>) -> Result<()> {
        context.check_names(self.columns.iter().flat_map(ColumnRule::named_tables))?;
        context.check_names(self.policies.iter().map(Policy::table))?;
        match self.held_by {
            HeldBy::Server if !context.spec().row_security => Err(native::unsupported(context.spec())),
            HeldBy::Server | HeldBy::Plugin => Ok(()),
        }
    }

    fn transform(&self, statement: Statement, context: &Context<'_>) -> Result<Statement> {
        if self.listeners.is_empty() {
            return self.rewrite(statement, context);
        }
        let (operation, table) = (statement.operation(), statement.table().cloned());
        self.rewrite(statement, context).inspect_err(|reason| {
            self.listeners.tell(Refusal { operation, table: table.as_ref(), reason, context });
        })
    }

    fn wraps(&self, statement: &Statement, _: &Context<'_>) -> bool {
        native::tells(statement)
    }

    fn around<'a>(&'a self, statement: Statement, mut next: Next<'a>) -> BoxFuture<'a, Result<Answer>> {
        Box::pin(async move {
            native::check_told(&statement, next.runner()).await?;
            next.run(statement).await
        })
    }

    fn pass_text(&self, _: &str, context: &Context<'_>) -> Result<()> {
        match self.text {
            Passes::Yes => Ok(()),
            Passes::No if self.is_unrestricted(context) => Ok(()),
            Passes::No => {
                let reason = text::is_not_run();
                self.listeners.tell(Refusal { operation: Operation::Text, table: None, reason: &reason, context });
                Err(reason)
            }
        }
    }
}

impl fmt::Debug for RowPolicies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            columns,
            facts,
            policies,
            unrestricted: _,
            except,
            nobody,
            held_by,
            functions,
            text,
            definitions,
            listeners,
            problem: _,
        } = self;
        let columns: Vec<_> = columns.iter().map(|it| &it.column).collect();
        let facts: Vec<_> = facts.iter().map(|it| &it.name).collect();
        f.debug_struct("RowPolicies")
            .field("columns", &columns)
            .field("facts", &facts)
            .field("policies", policies)
            .field("except", except)
            .field("nobody", nobody)
            .field("held_by", held_by)
            .field("functions", functions)
            .field("text", text)
            .field("definitions", definitions)
            .field("listeners", listeners)
            .finish_non_exhaustive()
    }
}
