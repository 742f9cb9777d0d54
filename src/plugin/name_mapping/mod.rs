//! Other names for columns and tables in the database than in the program.

mod case;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use self::case::{camel, snake};
use super::reach::{is_among, names};
use super::{Context, LeaveOut, Plugin, Ran};
use crate::ast::{ColumnDescription, Ident, Role, Statement, TableDescription, TableName, TableUse};
use crate::error::{Error, Result};
use crate::row::{ColumnInfo, Rows};

/// Has the columns of tables, and tables too if it is said, have other names in the database than in the program.
///
/// Statements are written, and rows are read, by the names of the program; the database sees none but its own. Every column of
/// a table is renamed, wherever a statement names it: in expressions, whole rows, lists of columns, what is set, the keys of
/// upserts, `returning` and definitions. Aliases, and the columns of common table expressions and derived tables, are the
/// statement's own and stay as they were written; so do the names of what a query gives, because a column that is renamed is
/// selected under its old name. Nothing is guessed on the way back, and a struct is read by the names of its declaration. A
/// server may name an expression by its SQL, in which columns have the names of the database: give it an alias where its name is
/// asked for.
///
/// ```
/// use kysera::plugin::NameMapping;
/// use kysera::prelude::*;
/// use kysera::testing::{Sql, check_plugin};
///
/// #[derive(Table)]
/// #[table(name = "users")]
/// pub struct User {
///     #[column(primary_key, generated)]
///     id: i64,
///     full_name: String,
///     address_1: String,
/// }
///
/// let found = r#"select "users"."id", "users"."fullName" as "full_name", "users"."address_1" from "users" where "users"."fullName" = $1"#;
/// check_plugin(
///     NameMapping::camel_case(),
///     select_from(users::table).filter(users::full_name.eq("Ann")),
///     Sql {
///         postgres: found,
///         mysql: &found.replace('"', "`").replace("$1", "?"),
///         mariadb: &found.replace('"', "`").replace("$1", "?"),
///         sqlite: &found.replace("$1", "?1"),
///         params: &["Ann".into()],
///     },
/// );
/// ```
///
/// It runs behind the other plugins, which go by the names of the program. The text of [`sql!`](crate::sql) stays as it was
/// written, by the names of the database; columns in its slots are renamed as those of the tables that they name, and with
/// [`back`](Self::back) the columns that a text gives are known by the program's names. [`SoftDelete`](super::SoftDelete) and the others are told the program's names
/// of columns, and what [`Audit`](super::Audit) writes down has the program's names.
///
/// # Errors
///
/// Where two columns of a table, two that a text gives, or two tables of a statement would have the same name; and where a column does not say of which
/// table it is, and that would make a difference.
#[must_use = "a plugin does nothing until it is given to a database"]
pub struct NameMapping {
    columns: Box<Map>,
    tables: Option<Box<Map>>,
    back: Option<Box<Map>>,
    except: Vec<String>,
    /// The names of the columns of declared tables: as many as a program has.
    known: RwLock<HashMap<usize, Arc<Known>>>,
}

/// Another name for a name.
type Map = dyn Fn(&str) -> String + Send + Sync;

/// The names of a declared table's columns in the database, in the order of the table; none where it is the program's.
type Known = Vec<Option<Ident>>;

impl NameMapping {
    /// The names of columns in the database, of those in the program.
    ///
    /// ```
    /// use kysera::plugin::NameMapping;
    ///
    /// let old_habits = NameMapping::new(|column| format!("c_{column}"));
    /// ```
    pub fn new(columns: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        Self { columns: Box::new(columns), tables: None, back: None, except: Vec::new(), known: RwLock::default() }
    }

    /// Camel case in the database, and snake case in the program: `userName` for `user_name`, [back](Self::back) too. Where an
    /// underscore is not followed by a lower-case letter, or begins the name or follows another one, it stays, so that `_id`,
    /// `address_1` and `foo__bar` are themselves.
    pub fn camel_case() -> Self {
        Self::new(camel).back(snake)
    }

    /// Snake case in the database, and camel case in the program: the reverse of [`camel_case`](Self::camel_case).
    pub fn snake_case() -> Self {
        Self::new(snake).back(camel)
    }

    /// The names of tables in the database too, of those in the program, whatever their schema. Statements go on to call them by
    /// the names that they gave them.
    pub fn tables(self, tables: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        Self { tables: Some(Box::new(tables)), ..self }
    }

    /// The names in the program, of those in the database, for the columns that a statement gives which is text as a whole: no
    /// other one gives columns by the names of the database.
    pub fn back(self, columns: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        Self { back: Some(Box::new(columns)), ..self }
    }

    /// Not the columns of these tables, and not the tables themselves, by their names in the program.
    pub fn except(self, tables: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { except: names(tables), ..self }
    }

    fn renamed(&self, column: &str) -> Option<Ident> {
        let new = (self.columns)(column);
        (new != column).then(|| new.into())
    }

    /// The names of a declared table's columns. They are made once.
    fn known(&self, table: &'static TableDescription) -> Result<Arc<Known>> {
        let key = std::ptr::from_ref(table).addr();
        let made = self.known.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(known) = made {
            return Ok(known);
        }
        let known: Known = table.columns.iter().map(|column| self.renamed(column.name.text())).collect();
        let mut taken = HashMap::new();
        for (column, new) in table.columns.iter().zip(&known) {
            let name = column.name.text();
            if let Some(other) = taken.insert(new.as_ref().map_or(name, Ident::as_str), name) {
                return Err(same_name(table.name.text(), other, name));
            }
        }
        let known = Arc::new(known);
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&known));
        Ok(known)
    }
}

#[cold]
fn same_name(table: &str, one: &str, other: &str) -> Error {
    Error::invalid(format!("the columns `{one}` and `{other}` of `{table}` would have the same name in the database"))
}

/// The columns of one statement that no table declares, with their new names.
#[derive(Default)]
struct Undeclared(Vec<(TableName, Ident, String)>);

impl Undeclared {
    fn rename(&mut self, plugin: &NameMapping, table: &TableName, column: &Ident) -> Result<Option<Ident>> {
        let Self(seen) = self;
        let new = (plugin.columns)(column.as_str());
        match seen.iter().find(|(of, _, taken)| of == table && *taken == new) {
            Some((_, other, _)) if other != column => {
                return Err(same_name(table.name.as_str(), other.as_str(), column.as_str()));
            }
            Some(_) => {}
            None => seen.push((table.clone(), column.clone(), new.clone())),
        }
        Ok((new != column.as_str()).then(|| new.into()))
    }
}

impl NameMapping {
    fn column(
        &self,
        table: &TableUse<'_>,
        column: &Ident,
        context: &Context<'_>,
        undeclared: &mut Undeclared,
    ) -> Result<Option<Ident>> {
        if is_among(&self.except, table.name()) {
            return Ok(None);
        }
        let Some(declared) = context.declared(table.name()) else {
            return undeclared.rename(self, table.name(), column);
        };
        let known = self.known(declared)?;
        if let Some(at) = declared.columns.iter().position(|it| it.name.text() == column.as_str()) {
            return Ok(known[at].clone());
        }
        let new = undeclared.rename(self, table.name(), column)?;
        let name = new.as_ref().unwrap_or(column).as_str();
        let is_taken = |(column, known): &(&ColumnDescription, &Option<Ident>)| {
            known.as_ref().map_or(column.name.text(), Ident::as_str) == name
        };
        match declared.columns.iter().zip(&*known).find(is_taken) {
            Some((other, _)) => Err(same_name(declared.name.text(), other.name.text(), column.as_str())),
            None => Ok(new),
        }
    }
}

impl Plugin for NameMapping {
    fn name(&self) -> &str {
        "name mapping"
    }

    fn priority(&self) -> i32 {
        -100
    }

    fn transform(&self, mut statement: Statement, context: &Context<'_>) -> Result<Statement> {
        let mut undeclared = Undeclared::default();
        statement.map_columns(|table, column| self.column(table, column, context, &mut undeclared))?;
        if let Some(tables) = &self.tables {
            let mut seen: Vec<(TableName, TableName)> = Vec::new();
            statement.rename_tables(|table| {
                let old = table.name();
                let new =
                    if is_among(&self.except, old) { old.clone() } else { old.in_database(tables(old.name.as_str())) };
                match seen.iter().find(|(_, taken)| *taken == new) {
                    Some((other, _)) if other != old => {
                        let (one, other) = (other.name.as_str(), old.name.as_str());
                        return Err(Error::invalid(format!(
                            "the tables `{one}` and `{other}` would have the same name in the database"
                        )));
                    }
                    Some(_) => {}
                    None => seen.push((old.clone(), new.clone())),
                }
                Ok(Some(new))
            })?;
        }
        Ok(statement)
    }

    fn column_name(&self, table: &TableName, column: &Ident, context: &Context<'_>) -> Result<Option<Ident>> {
        let table = TableUse::new(table, &table.name, Role::Read);
        self.column(&table, column, context, &mut Undeclared::default())
    }

    fn watches(&self) -> bool {
        self.back.is_some()
    }

    fn after_rows(&self, rows: Rows, ran: &Ran<'_>) -> Result<Rows> {
        let (Some(back), Statement::Raw(_)) = (&self.back, ran.statement()) else { return Ok(rows) };
        let columns = rows.columns();
        for (at, column) in columns.iter().enumerate() {
            let same = |it: &&ColumnInfo| it.name != column.name && back(&it.name) == back(&column.name);
            if let Some(other) = columns[..at].iter().find(same) {
                let (one, other) = (&other.name, &column.name);
                return Err(Error::invalid(format!("the columns `{one}` and `{other}` would have the same name here")));
            }
        }
        Ok(rows.rename_columns(back))
    }
}

#[diagnostic::do_not_recommend]
impl LeaveOut for NameMapping {}

impl fmt::Debug for NameMapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { columns: _, tables: _, back: _, except, known: _ } = self;
        f.debug_struct("NameMapping").field("except", except).finish_non_exhaustive()
    }
}
