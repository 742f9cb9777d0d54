//! Rules: whose rows are whose, by a column.

use std::any::{Any, type_name};

use super::Known;
use super::asker::{Asker, Source};
use super::policy::is_called;
use super::stored::is_kept;
use crate::ast::{Binary, BinaryOperator, ColumnDescription, Expr, Ident, Shared, TableName, TableUse, may_be_same};
use crate::dialect::TextEquality;
use crate::error::{Error, Result};
use crate::plugin::Context;
use crate::value::Value;

/// `column = value`, for tables.
pub(super) struct ColumnRule {
    tables: Tables,
    pub(super) column: Ident,
    pub(super) value: Source,
    /// The type that the value is taken from.
    pub(super) of: &'static str,
}

/// Which tables a rule is about.
pub(super) enum Tables {
    /// All but those that are excepted.
    All,
    /// Those of these names, in lower case.
    Only(Vec<String>),
}

impl ColumnRule {
    pub(super) fn new<T: Any>(
        tables: Tables,
        column: String,
        value: impl Fn(&T) -> Value + Send + Sync + 'static,
    ) -> Self {
        Self { tables, column: column.into(), value: Source::new(value), of: type_name::<T>() }
    }

    /// Whether it is about the tables it names alone, and this is none of them.
    pub(super) fn passes_over(&self, name: &TableName) -> bool {
        match &self.tables {
            Tables::All => false,
            Tables::Only(tables) => !tables.iter().any(|it| is_called(it, name.name.as_str())),
        }
    }

    /// The names of the tables that it is about alone.
    pub(super) fn named_tables(&self) -> &[String] {
        match &self.tables {
            Tables::All => &[],
            Tables::Only(tables) => tables,
        }
    }

    pub(super) fn is_about_all(&self) -> bool {
        matches!(self.tables, Tables::All)
    }

    /// Refuses a table that is not known to have the column: one that lacks it has the rows of all, and of one that is not
    /// declared nobody knows.
    pub(super) fn demand_column(&self, table: &Known<'_>) -> Result<Option<&'static ColumnDescription>> {
        let &Known { name, declared } = table;
        match declared.column(self.column.as_str()) {
            column @ Some(_) => Ok(column),
            None if declared.any().is_some() => Err(self.missing(name)),
            None => Err(unknown(name)),
        }
    }

    /// `column = own`, as the statement must write it here.
    #[inline]
    pub(super) fn condition(
        &self,
        table: &TableUse<'_>,
        declared: Option<&'static ColumnDescription>,
        asker: &Asker<'_>,
    ) -> Result<Shared<Binary>> {
        let mut is_known = Ok(());
        let empty = Binary { left: Expr::Now, operator: BinaryOperator::Equal, right: Expr::Now };
        let condition = Shared::filled(empty, |it| {
            is_known = asker.put_own(self, declared, &mut it.right);
            table.of_column(&self.column, declared, |column| it.left.fill(column));
        });
        is_known.map(|()| condition)
    }

    /// The same for each letter of text, where the server takes text of other letters for the same: without their case, their
    /// accents, or what cannot be seen. The first condition finds the rows by an index, and this one tells them apart.
    pub(super) fn exact_condition(
        &self,
        table: &TableUse<'_>,
        declared: Option<&'static ColumnDescription>,
        own: &Expr,
        equality: TextEquality,
    ) -> Option<Expr> {
        let text: &str = match (equality, own) {
            (TextEquality::Collation, Expr::Value(Value::Text(text))) => text,
            (TextEquality::Collation, Expr::Value(Value::Named(it))) => &it.text,
            (TextEquality::Collation | TextEquality::Letters, _) => return None,
        };
        Some(table.of_column(&self.column, declared, |column| column.equals_text(text)))
    }

    /// Refuses a value that the column does not hold as it is: of another type it would be compared as the server likes, and
    /// be equal to more than itself.
    #[inline]
    pub(super) fn check_value(&self, declared: Option<&ColumnDescription>, value: &Value) -> Result<()> {
        match declared {
            Some(column) if !is_kept(value, column.data_type) => Err(self.misfit()),
            Some(_) | None => Ok(()),
        }
    }

    #[cold]
    fn misfit(&self) -> Error {
        Error::invalid(format!(
            "the value of the rule is not of the type that the column `{}` is declared with",
            self.column.as_str()
        ))
    }

    #[cold]
    fn missing(&self, name: &TableName) -> Error {
        Error::invalid(format!(
            "`{}` is declared without the column `{}`; name it by `except` if its rows belong to all",
            name.name.as_str(),
            self.column.as_str()
        ))
    }

    /// Whether a column of a table that is written is the rule's.
    pub(super) fn is_column(&self, table: &TableName, column: &Ident, context: &Context<'_>) -> Result<bool> {
        is_column(&self.column, table, column, context)
    }

    /// What is said of a value that is not exactly the one of whoever asks.
    pub(super) fn refused(&self, table: &TableName) -> Error {
        Error::invalid(format!(
            "the column `{}` of `{}` must be given the value of whoever asks, or be left out",
            self.column.as_str(),
            table.name.as_str()
        ))
    }
}

/// Whether a column of a table that is written is this one. Servers that do not look at the case of a name, or at accents,
/// would take others for it too, so what comes near is refused: by the names of the program, and by those of the database.
pub(super) fn is_column(own: &Ident, table: &TableName, column: &Ident, context: &Context<'_>) -> Result<bool> {
    if column == own {
        return Ok(true);
    }
    let (own_there, there) = (context.name_in_database(table, own)?, context.name_in_database(table, column)?);
    let (own_there, there) = (own_there.as_ref().unwrap_or(own).as_str(), there.as_ref().unwrap_or(column).as_str());
    let (own, column) = (own.as_str(), column.as_str());
    let is_known = || column.is_ascii() || context.column(table, column).is_some();
    let is_near = may_be_same(own, column) || may_be_same(own_there, there) || is_key(own, table, there, context);
    if is_near || !is_known() {
        return Err(Error::invalid(format!("`{column}` may be the column `{own}` by another name")));
    }
    Ok(false)
}

/// Whether a name may be the server's own for a column: some have one for a key, which no declaration says.
fn is_key(own: &str, table: &TableName, name: &str, context: &Context<'_>) -> bool {
    if !context.spec().key_names.include(name) {
        return false;
    }
    let declared = context.known(table);
    let mut declared = declared.each_column().filter(|it| it.name.text() == own).peekable();
    declared.peek().is_none() || declared.any(|it| it.primary_key || it.unique)
}

/// Whether both name one table, whatever their case.
pub(super) fn is_same_table(one: &TableName, other: &TableName) -> bool {
    let lower = |TableName { schema, name }: &TableName| {
        (schema.as_ref().map(|it| it.as_str().to_lowercase()), name.as_str().to_lowercase())
    };
    lower(one) == lower(other)
}

/// What is said of a table of which nobody said anything.
#[cold]
pub(super) fn unknown(name: &TableName) -> Error {
    Error::invalid(format!(
        "nothing is known of the table `{}`; declare it by `Builder::table`, or name it by `except`",
        name.name.as_str()
    ))
}
