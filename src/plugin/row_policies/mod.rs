//! Who sees and changes which rows.

mod fragments;
mod rule;
mod writes;

use std::any::Any;
use std::fmt;

use self::fragments::Fragments;
use self::rule::{ColumnRule, Policy, Tables};
use self::writes::Writes;
use super::{Context, Plugin};
use crate::ast::{Expr, Node, Operation, Role, Statement, TableName, TableUse};
use crate::error::{Error, Result};
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
/// What is not known is refused: a table that [`tenant`](Self::tenant) knows no column of, unless [`except`](Self::except)
/// names it; definitions, and text: whole statements, [`batch`](crate::Executor::batch), compiled requests, and within a
/// statement text that could read a table, or be more than one expression. That a key is taken by a row of another tenant
/// still shows in an insert that fails, as do foreign keys that cascade: put the tenant into keys. A server that compares
/// text without its case takes tenants for one whose names differ in case alone.
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
    policies: Vec<Policy>,
    except: Vec<TableName>,
    text: Passes,
    definitions: Passes,
}

/// Whether what no policy can look into is run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Passes {
    #[default]
    No,
    Yes,
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
        mut self,
        column: impl Into<String>,
        value: impl Fn(&T) -> Value + Send + Sync + 'static,
    ) -> Self {
        self.columns.push(ColumnRule::new(Tables::All, column.into(), value));
        self
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
        mut self,
        tables: impl IntoIterator<Item = impl Into<String>>,
        column: impl Into<String>,
        value: impl Fn(&T) -> Value + Send + Sync + 'static,
    ) -> Self {
        let tables = tables.into_iter().map(|name| name.into().to_lowercase()).collect();
        self.columns.push(ColumnRule::new(Tables::Only(tables), column.into(), value));
        self
    }

    /// A condition on the rows of a table, in any schema and whatever its case, for what a statement does with it. Several
    /// are joined by `and`; an error refuses the statement.
    ///
    /// Rows that must not be read are not changed either: a policy for [`Role::Read`] is asked for all but inserts, and one
    /// for [`Role::Update`] for the update of an upsert too. An insert has no place for a condition: it is let be by
    /// `None`, or refused.
    ///
    /// ```
    /// # use kysera::plugin::RowPolicies;
    /// use kysera::Error;
    /// use kysera::ast::Role;
    ///
    /// let policies = RowPolicies::new()
    ///     .policy("posts", [Role::Read], |table, _| Ok(Some(table.column("published").equals(true))))
    ///     .policy("posts", [Role::Delete], |_, _| Err(Error::invalid("posts are archived")));
    /// ```
    #[must_use]
    pub fn policy(
        mut self,
        table: impl Into<String>,
        roles: impl IntoIterator<Item = Role>,
        condition: impl Fn(&TableUse<'_>, &Context<'_>) -> Result<Option<Expr>> + Send + Sync + 'static,
    ) -> Self {
        self.policies.push(Policy {
            table: table.into().to_lowercase(),
            roles: roles.into_iter().collect(),
            condition: Box::new(condition),
        });
        self
    }

    /// Has tables that belong to no tenant: whatever the case of their names, but in this schema, or without one.
    #[must_use]
    pub fn except<N: Into<TableName>>(mut self, tables: impl IntoIterator<Item = N>) -> Self {
        self.except.extend(tables.into_iter().map(Into::into));
        self
    }

    /// Lets text pass, which then reaches every row of every tenant.
    #[must_use]
    pub fn allow_text(self) -> Self {
        Self { text: Passes::Yes, ..self }
    }

    /// Lets tables be created and dropped.
    #[must_use]
    pub fn allow_definitions(self) -> Self {
        Self { definitions: Passes::Yes, ..self }
    }

    fn is_excepted(&self, name: &TableName) -> bool {
        self.except.iter().any(|it| rule::is_same_table(it, name))
    }

    /// The rules for the columns of a table. What nobody knows is an error.
    fn rules_of(&self, name: &TableName, context: &Context<'_>) -> Result<Vec<&ColumnRule>> {
        let (mut rules, mut known) = (Vec::new(), context.declared(name).is_some() || self.is_excepted(name));
        for rule in &self.columns {
            match rule.tables() {
                Tables::Only(tables) if tables.contains(&name.name.as_str().to_lowercase()) => {
                    known = true;
                    rules.push(rule);
                }
                Tables::Only(_) => {}
                Tables::All if self.is_excepted(name) => {}
                Tables::All => {
                    rule.demand_column(name, context)?;
                    rules.push(rule);
                }
            }
        }
        if !known && !self.policies.iter().any(|it| it.is_about(name)) {
            return Err(rule::unknown(name));
        }
        Ok(rules)
    }

    /// What restricts the rows of a table.
    fn condition(&self, table: &TableUse<'_>, context: &Context<'_>) -> Result<Option<Expr>> {
        let mut condition = None;
        if table.role() == Role::Define {
            return Ok(None);
        }
        for rule in self.rules_of(table.name(), context)? {
            let own = table.column(rule.column()).equals(Expr::Value(rule.value(context)?));
            if table.role() != Role::Insert {
                Expr::restrict(&mut condition, own);
            }
        }
        for policy in self.policies.iter().filter(|it| it.is_asked(table)) {
            if let Some(more) = (policy.condition)(table, context)? {
                Expr::restrict(&mut condition, more);
            }
        }
        Ok(condition)
    }
}

impl Plugin for RowPolicies {
    fn name(&self) -> &str {
        "row policies"
    }

    fn priority(&self) -> i32 {
        100
    }

    fn transform(&self, mut statement: Statement, context: &Context<'_>) -> Result<Statement> {
        if self.text == Passes::No {
            statement.accept(&mut Fragments)?;
        }
        if self.definitions == Passes::No && statement.operation() == Operation::Define {
            return Err(Error::invalid("tables are not defined here, unless by `allow_definitions`"));
        }
        statement.accept_mut(&mut Writes { policies: self, context })?;
        statement.restrict_tables(|table| self.condition(table, context))?;
        Ok(statement)
    }

    fn pass_text(&self, _: &str, _: &Context<'_>) -> Result<()> {
        match self.text {
            Passes::Yes => Ok(()),
            Passes::No => Err(fragments::text()),
        }
    }
}

impl fmt::Debug for RowPolicies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { columns, policies, except, text, definitions } = self;
        let columns: Vec<_> = columns.iter().map(ColumnRule::column).collect();
        let policies: Vec<_> = policies.iter().map(|it| &it.table).collect();
        f.debug_struct("RowPolicies")
            .field("columns", &columns)
            .field("policies", &policies)
            .field("except", except)
            .field("text", text)
            .field("definitions", definitions)
            .finish()
    }
}
