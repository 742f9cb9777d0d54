//! What a plugin knows of the place where a statement will run.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use super::Plugin;
use crate::ast::{ColumnDescription, Ident, Name, TableDescription, TableName, TableUse};
use crate::dialect::Spec;
use crate::error::{Error, Result};

/// What a plugin knows of the place where a statement will run.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    spec: &'a Spec,
    tables: &'a Tables,
    /// Those of the database, in the order in which they run.
    plugins: &'a [Arc<dyn Plugin>],
    /// What travels with the query, before what travels with the transaction or database it runs on.
    metadata: [&'a Metadata; 2],
    is_precompiled: bool,
}

impl<'a> Context<'a> {
    pub(crate) const fn new(spec: &'a Spec, tables: &'a Tables, query: &'a Metadata, executor: &'a Metadata) -> Self {
        Self { spec, tables, plugins: &[], metadata: [query, executor], is_precompiled: false }
    }

    /// The same, of a statement that is compiled once for many times.
    pub(crate) const fn precompiled(self) -> Self {
        Self { is_precompiled: true, ..self }
    }

    /// The same, where these plugins are those of the database.
    pub(crate) const fn among(self, plugins: &'a [Arc<dyn Plugin>]) -> Self {
        Self { plugins, ..self }
    }

    /// The dialect the statement will be written in.
    #[must_use]
    pub const fn spec(&self) -> &'a Spec {
        self.spec
    }

    /// Whether the statement is compiled [once for many times](crate::Executor::precompile): what a plugin puts into it then stays
    /// as it is, however often it runs. So asks who would put in what is true but once, such as the time of a clock.
    #[must_use]
    pub const fn is_precompiled(&self) -> bool {
        self.is_precompiled
    }

    /// The value of this type that travels with the query, or else with the transaction or the database it runs on.
    ///
    /// ```
    /// use kysera::ast::Statement;
    /// use kysera::plugin::{Context, Plugin};
    /// use kysera::{Error, Result};
    ///
    /// struct User(i64);
    ///
    /// /// Lets nobody in whom nobody knows.
    /// struct KnownUsers;
    ///
    /// impl Plugin for KnownUsers {
    ///     fn name(&self) -> &str {
    ///         "known users"
    ///     }
    ///
    ///     fn transform(&self, statement: Statement, context: &Context<'_>) -> Result<Statement> {
    ///         match context.get::<User>() {
    ///             Some(User(_)) => Ok(statement),
    ///             None => Err(Error::invalid("nobody is signed in")),
    ///         }
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn get<T: Any>(&self) -> Option<&'a T> {
        self.metadata.iter().find_map(|metadata| metadata.get())
    }

    /// All values of this type: those of the query, the one that was added last first, and then those of the transaction or
    /// the database. So asks who lets a value say something of a part, and leave the rest to the others.
    pub fn get_all<T: Any>(&self) -> impl Iterator<Item = &'a T> + use<'a, T> {
        self.metadata.into_iter().flat_map(Metadata::all)
    }

    /// The value of this type that travels with the transaction or the database, whatever the query says; or else that of
    /// the query. So asks who must not be talked out of what a handle was made for.
    #[must_use]
    pub fn get_from_handle<T: Any>(&self) -> Option<&'a T> {
        self.metadata.iter().rev().find_map(|metadata| metadata.get())
    }

    /// The value of this type that travels with the transaction or the database alone. So asks who takes no such word from a
    /// query.
    #[must_use]
    pub fn get_from_handle_alone<T: Any>(&self) -> Option<&'a T> {
        let [_, handle] = self.metadata;
        handle.get()
    }

    /// What is known of a table: its declaration, where the statement uses that, or one that
    /// [`Builder::table`](crate::db::Builder::table) was given for its name. It may be a struct of some of the columns alone;
    /// whether the table has a column, ask [`column`](Self::column).
    #[must_use]
    pub fn declared(&self, name: &TableName) -> Option<&'static TableDescription> {
        self.known(name).any()
    }

    /// A column of a table, if it is known to have one of this name: by the declaration that the statement uses, or by any that
    /// [`Builder::table`](crate::db::Builder::table) was given for the table's name. So a struct that leaves the column out
    /// hides it from nobody, once the table was given with it.
    #[must_use]
    pub fn column(&self, table: &TableName, column: &str) -> Option<&'static ColumnDescription> {
        self.known(table).column(column)
    }

    /// Whether a table is known to have a [`column`](Self::column) of this name.
    #[must_use]
    pub fn has_column(&self, table: &TableUse<'_>, column: &str) -> bool {
        self.column(table.name(), column).is_some()
    }

    /// The tables that [`Builder::table`](crate::db::Builder::table) was given, in no order; of several structs of one name,
    /// each.
    pub fn tables(&self) -> impl Iterator<Item = &'static TableDescription> + use<'a> {
        self.tables.all()
    }

    /// The plugins of a type: those that the query brings along, and those of the database, also where the query leaves them
    /// out. So asks one that must not undo what another does.
    ///
    /// ```
    /// use kysera::ast::Statement;
    /// use kysera::plugin::{Context, Plugin, SoftDelete};
    /// use kysera::{Error, Result};
    ///
    /// /// Lets nothing be deleted where rows would not stay.
    /// struct RowsStay;
    ///
    /// impl Plugin for RowsStay {
    ///     fn name(&self) -> &str {
    ///         "rows stay"
    ///     }
    ///
    ///     fn fits(&self, context: &Context<'_>) -> Result<()> {
    ///         match context.plugins::<SoftDelete>().next() {
    ///             Some(_) => Ok(()),
    ///             None => Err(Error::invalid("nothing has deleted rows stay; add `SoftDelete`")),
    ///         }
    ///     }
    /// }
    /// ```
    pub fn plugins<P: Plugin>(&self) -> impl Iterator<Item = &'a P> + use<'a, P> {
        let all = self.plugins_of_query().into_iter().chain(self.plugins);
        all.filter_map(|plugin| (&**plugin as &dyn Any).downcast_ref())
    }

    #[inline]
    pub(crate) fn known(&self, name: &TableName) -> Declared<'a> {
        self.tables.known(name)
    }

    /// Refuses a name, in lower case, that no table of the database has, where that was given any: it is misspelled, and the
    /// table that is meant would be passed over without a word.
    pub(crate) fn check_names(&self, names: impl IntoIterator<Item = impl AsRef<str>>) -> Result<()> {
        let mut names = names.into_iter();
        match names.find(|name| !self.tables.0.is_empty() && !self.tables.0.contains_key(name.as_ref())) {
            Some(name) => Err(Error::invalid(format!(
                "no table that the database was given by `Builder::table` is called `{}`; a table is named without its schema",
                name.as_ref()
            ))),
            None => Ok(()),
        }
    }

    /// The name that a column will have when the plugins of the database have rewritten the statement, if it is another one than
    /// the program's.
    pub(crate) fn name_in_database(&self, table: &TableName, column: &Ident) -> Result<Option<Ident>> {
        self.plugins.iter().try_fold(None, |name, plugin| {
            Ok(plugin.column_name(table, name.as_ref().unwrap_or(column), self)?.or(name))
        })
    }

    /// The name of a table with the schema that the plugins of the database put it into, where the program names none.
    pub(crate) fn with_schema(&self, table: TableName) -> Result<TableName> {
        for plugin in self.plugins {
            if table.schema.is_none()
                && let Some(schema) = plugin.table_schema(&table, self)?
            {
                return Ok(TableName { schema: Some(schema), ..table });
            }
        }
        Ok(table)
    }

    /// The plugins of the query alone, in the order in which they were added. One that was left out after it was added is
    /// none of them.
    pub(crate) fn plugins_of_query(&self) -> Vec<&'a Arc<dyn Plugin>> {
        let (mut plugins, mut left_out) = (Vec::new(), Vec::new());
        for value in self.metadata[0].values() {
            if let Some(LeftOut(plugin)) = value.downcast_ref() {
                left_out.push(*plugin);
            } else if let Some(Added(plugin)) = value.downcast_ref()
                && !left_out.contains(&(**plugin).type_id())
            {
                plugins.push(plugin);
            }
        }
        plugins.reverse();
        plugins
    }

    /// Whether the query brings plugins along, or leaves some out.
    pub(crate) fn has_other_plugins(&self) -> bool {
        self.metadata[0].values().any(|value| value.is::<Added>() || value.is::<LeftOut>())
    }

    /// Whether the query leaves out plugins of the type of this one.
    pub(crate) fn leaves_out(&self, plugin: &dyn Plugin) -> bool {
        self.metadata[0].all::<LeftOut>().any(|left_out| left_out.0 == plugin.type_id())
    }
}

impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("dialect", &self.spec.name).finish_non_exhaustive()
    }
}

/// Values of any types that travel with a query, a transaction or a database, to the plugins that ask for them.
///
/// A clone shares them; adding one changes no other handle.
#[derive(Clone, Default)]
pub struct Metadata(Option<Arc<Link>>);

struct Link {
    value: Box<dyn Any + Send + Sync>,
    next: Metadata,
}

impl Metadata {
    /// The same with one more value, which hides any other of its type.
    #[must_use]
    pub fn with<T: Any + Send + Sync>(&self, value: T) -> Self {
        Self(Some(Arc::new(Link { value: Box::new(value), next: self.clone() })))
    }

    /// The value of this type that was added last.
    #[must_use]
    pub fn get<T: Any>(&self) -> Option<&T> {
        self.all().next()
    }

    /// Whether both are one, or clones of one.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        }
    }

    /// All values of this type, the last one first.
    fn all<T: Any>(&self) -> impl Iterator<Item = &T> {
        self.values().filter_map(|value| value.downcast_ref())
    }

    /// All values, the last one first.
    fn values(&self) -> impl Iterator<Item = &(dyn Any + Send + Sync)> {
        std::iter::successors(self.0.as_deref(), |link| link.next.0.as_deref()).map(|link| &*link.value)
    }
}

impl fmt::Debug for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Metadata({} values)", self.values().count())
    }
}

/// A plugin that a query brings along.
pub(crate) struct Added(pub(crate) Arc<dyn Plugin>);

/// The type of a plugin that a query leaves out.
pub(crate) struct LeftOut(pub(crate) TypeId);

/// All that was declared of one table: what the statement uses, and what the database was given for its name.
#[derive(Clone, Copy)]
pub(crate) struct Declared<'a> {
    own: Option<&'static TableDescription>,
    given: &'a [&'static TableDescription],
}

impl Declared<'_> {
    /// A declaration of the table and no other.
    pub(crate) const fn only(declared: &'static TableDescription) -> Self {
        Self { own: Some(declared), given: &[] }
    }

    /// A declaration, the statement's own if it has one.
    pub(crate) fn any(&self) -> Option<&'static TableDescription> {
        self.own.or_else(|| self.given.first().copied())
    }

    /// The column of this name, where any of the declarations has it.
    #[inline]
    pub(crate) fn column(&self, name: &str) -> Option<&'static ColumnDescription> {
        let own = self.own.and_then(|declared| declared.column(name));
        if own.is_some() { own } else { self.given.iter().find_map(|declared| declared.column(name)) }
    }

    /// All columns that the table is known to have: those of its declaration, and then those that the others of the same schema
    /// have besides. Where one of them says that a column is of the primary key, it is.
    pub(crate) fn columns(&self) -> Vec<&'static ColumnDescription> {
        let mut columns: Vec<&'static ColumnDescription> = Vec::new();
        let Some(first) = self.any() else { return columns };
        let schema = |declared: &TableDescription| declared.schema.map(Name::text);
        for column in self.all().filter(|it| schema(it) == schema(first)).flat_map(|it| it.columns) {
            match columns.iter_mut().find(|it| it.name.text() == column.name.text()) {
                Some(known) if column.primary_key && !known.primary_key => *known = column,
                Some(_) => {}
                None => columns.push(column),
            }
        }
        columns
    }

    /// Each column as each declaration has it: one that leaves something out hides what another says.
    pub(crate) fn each_column(&self) -> impl Iterator<Item = &'static ColumnDescription> {
        self.all().flat_map(|declared| declared.columns)
    }

    fn all(&self) -> impl Iterator<Item = &'static TableDescription> {
        self.own.into_iter().chain(self.given.iter().copied())
    }
}

/// The tables that the database was given, each by all declarations of its name.
#[derive(Default)]
pub(crate) struct Tables(HashMap<String, Vec<&'static TableDescription>>);

impl Tables {
    pub(crate) fn add(&mut self, table: &'static TableDescription) {
        self.0.entry(table.name.text().to_lowercase()).or_default().push(table);
    }

    fn all(&self) -> impl Iterator<Item = &'static TableDescription> + use<'_> {
        self.0.values().flatten().copied()
    }

    /// All that was declared of a table.
    #[inline]
    pub(crate) fn known(&self, name: &TableName) -> Declared<'_> {
        Declared { own: name.declared(), given: if self.0.is_empty() { &[] } else { self.given(name) } }
    }

    #[inline(never)]
    fn given(&self, name: &TableName) -> &[&'static TableDescription] {
        self.0.get(&name.name.as_str().to_lowercase()).map_or(&[], Vec::as_slice)
    }
}
