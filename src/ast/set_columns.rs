//! Columns that a statement is to write, besides those that it says itself.

use super::ctes::may_be_same;
use super::{
    Assignment, Conflict, ConflictAction, Cte, Excluded, Expr, Ident, Insert, InsertSource, InsertValue, Role,
    Statement, TableName, TableUse, Update, Values,
};
use crate::error::{Error, Result};
use crate::value::Value;

impl Statement {
    /// Gives a column the value that is returned for a table, in every row that the statement inserts into it and that does
    /// not say what the column holds: rows of a list, of a query, and of defaults. `null` among the values of a list says
    /// nothing, because a struct gives it in every column that may be empty, and neither does `default`.
    ///
    /// What an upsert does with a row that is there is [an update](Self::set_on_update). Inserts in common table expressions
    /// are reached too, and nothing else can hold one.
    ///
    /// ```
    /// use kysera::ast::{self, Expr};
    /// use kysera::dialect::{self, SQLITE};
    /// use kysera::prelude::*;
    ///
    /// # #[derive(Table)]
    /// # #[table(name = "notes")]
    /// # pub struct Note { #[column(primary_key, generated)] id: i64, text: String, source: Option<String> }
    /// let q = insert_into(notes::table).set(notes::text.to("first"));
    /// let mut statement: ast::Statement = q.to_statement();
    /// statement.set_on_insert("source", |table| Ok(table.has_column("source").then(|| Expr::from("import"))))?;
    /// assert_eq!(
    ///     dialect::compile(&statement, &SQLITE)?.sql,
    ///     r#"insert into "notes" ("text", "source") values (?1, ?2)"#,
    /// );
    /// # Ok::<(), kysera::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of `value`.
    pub fn set_on_insert(
        &mut self,
        column: impl Into<Ident>,
        value: impl FnMut(&TableUse<'_>) -> Result<Option<Expr>>,
    ) -> Result<()> {
        self.give_on_insert(column, Said::Stays, value)
    }

    /// The same as [`set_on_insert`](Self::set_on_insert) of a column that no statement may set: one that says what it holds, in
    /// a list or by a query, is refused.
    ///
    /// ```
    /// use kysera::ast::{self, Expr};
    /// use kysera::prelude::*;
    ///
    /// # #[derive(Table)]
    /// # #[table(name = "notes")]
    /// # pub struct Note { #[column(primary_key, generated)] id: i64, text: String, author: Option<String> }
    /// let stamped = |insert: ast::Statement| {
    ///     let mut statement = insert;
    ///     statement.stamp_on_insert("author", |table| Ok(table.has_column("author").then(|| Expr::from("ann"))))?;
    ///     kysera::dialect::compile(&statement, &kysera::dialect::SQLITE)
    /// };
    /// let honest = insert_into(notes::table).set(notes::text.to("first"));
    /// assert_eq!(stamped(honest.to_statement())?.sql, r#"insert into "notes" ("text", "author") values (?1, ?2)"#);
    /// let forged = insert_into(notes::table).set((notes::text.to("first"), notes::author.to("bob")));
    /// let error = stamped(forged.to_statement()).unwrap_err();
    /// assert_eq!(error.to_string(), "no statement may say what `author` holds");
    /// # Ok::<(), kysera::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of `value`; and [`is_invalid`](Error::is_invalid) where a value is given for a table and the statement says what the
    /// column holds, or a column that a server may take for it.
    pub fn stamp_on_insert(
        &mut self,
        column: impl Into<Ident>,
        value: impl FnMut(&TableUse<'_>) -> Result<Option<Expr>>,
    ) -> Result<()> {
        self.give_on_insert(column, Said::IsRefused, value)
    }

    /// Whether it gives columns their values, or a statement before it may. No server lets a subquery write.
    pub(crate) fn may_set_columns(&self) -> bool {
        match self {
            Self::Insert(_) | Self::Update(_) => true,
            Self::Select(it) => !it.with.is_empty(),
            Self::Compound(it) => !it.with.is_empty(),
            Self::Delete(it) => !it.with.is_empty(),
            Self::CreateTable(_) | Self::DropTable(_) | Self::RowSecurity(_) | Self::Raw(_) => false,
        }
    }

    fn give_on_insert(
        &mut self,
        column: impl Into<Ident>,
        said: Said,
        mut value: impl FnMut(&TableUse<'_>) -> Result<Option<Expr>>,
    ) -> Result<()> {
        if !self.may_set_columns() {
            return Ok(());
        }
        let column = column.into();
        each_write(self, &mut |write| match write {
            Write::Insert(insert) => match value(&TableUse::new(&insert.into, &insert.into.name, Role::Insert))? {
                Some(value) => give(&column, &value, said, insert),
                None => Ok(()),
            },
            Write::Update(_) => Ok(()),
        })
    }

    /// Sets a column to the value that is returned for a table, in every update of it that does not set the column itself,
    /// and in what an upsert does with a row that is there; an upsert that sets the column to what was to be inserted gets the
    /// value where that is `null`, which says nothing. What is set so far is shown to `value`; an update that sets
    /// nothing is an error, and stays one.
    ///
    /// Updates in common table expressions are reached too, and nothing else can hold one.
    ///
    /// ```
    /// use kysera::ast::{self, Expr};
    /// use kysera::dialect::{self, SQLITE};
    /// use kysera::prelude::*;
    ///
    /// # #[derive(Table)]
    /// # #[table(name = "notes")]
    /// # pub struct Note { #[column(primary_key, generated)] id: i64, text: String, version: i64 }
    /// let q = update(notes::table).set(notes::text.to("first")).filter(notes::id.eq(7));
    /// let mut statement: ast::Statement = q.to_statement();
    /// statement.set_on_update("version", |table, _set| {
    ///     let next = || Expr::binary(table.column("version"), ast::BinaryOperator::Add, Expr::from(1));
    ///     Ok(table.has_column("version").then(next))
    /// })?;
    /// assert_eq!(
    ///     dialect::compile(&statement, &SQLITE)?.sql,
    ///     r#"update "notes" set "text" = ?1, "version" = "notes"."version" + ?2 where "notes"."id" = ?3"#,
    /// );
    /// # Ok::<(), kysera::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of `value`.
    pub fn set_on_update(
        &mut self,
        column: impl Into<Ident>,
        value: impl FnMut(&TableUse<'_>, &[Assignment]) -> Result<Option<Expr>>,
    ) -> Result<()> {
        self.give_on_update(column, Said::Stays, value)
    }

    /// The same as [`set_on_update`](Self::set_on_update) of a column that no statement may set: an update that does is refused,
    /// and so is an upsert, unless it sets the column to what was to be inserted, in place of which it gets the value.
    ///
    /// ```
    /// use kysera::ast::{self, Expr};
    /// use kysera::prelude::*;
    ///
    /// # #[derive(Table)]
    /// # #[table(name = "notes")]
    /// # pub struct Note { #[column(primary_key, generated)] id: i64, text: String, editor: Option<String> }
    /// let forged = update(notes::table).set(notes::editor.to("bob")).filter(notes::id.eq(7));
    /// let mut statement: ast::Statement = forged.to_statement();
    /// let stamp = |table: &ast::TableUse<'_>, _: &[ast::Assignment]| Ok(table.has_column("editor").then(|| Expr::from("ann")));
    /// let error = statement.stamp_on_update("editor", stamp).unwrap_err();
    /// assert_eq!(error.to_string(), "no statement may say what `editor` holds");
    /// ```
    ///
    /// # Errors
    ///
    /// Those of `value`; and [`is_invalid`](Error::is_invalid) where a value is given for a table and the statement sets the
    /// column, or one that a server may take for it.
    pub fn stamp_on_update(
        &mut self,
        column: impl Into<Ident>,
        value: impl FnMut(&TableUse<'_>, &[Assignment]) -> Result<Option<Expr>>,
    ) -> Result<()> {
        self.give_on_update(column, Said::IsRefused, value)
    }

    fn give_on_update(
        &mut self,
        column: impl Into<Ident>,
        said: Said,
        mut value: impl FnMut(&TableUse<'_>, &[Assignment]) -> Result<Option<Expr>>,
    ) -> Result<()> {
        if !self.may_set_columns() {
            return Ok(());
        }
        let column = column.into();
        let mut set = |name: &TableName, known_as: &Ident, role, assignments: &mut Vec<Assignment>| {
            if assignments.is_empty() {
                return Ok(());
            }
            let given = assignments.iter().position(|it| it.column == column);
            let is_excluded = given.is_some_and(|at| is_excluded(&assignments[at].value, &column));
            if said == Said::Stays && given.is_some() && !is_excluded {
                return Ok(());
            }
            let Some(value) = value(&TableUse::new(name, known_as, role), assignments)? else { return Ok(()) };
            let is_said = |(at, it): (usize, &Assignment)| {
                may_be_same(it.column.as_str(), column.as_str()) && !(is_excluded && given == Some(at))
            };
            if said == Said::IsRefused && assignments.iter().enumerate().any(is_said) {
                return Err(not_to_say(&column));
            }
            match (given, said) {
                (Some(at), Said::Stays) => {
                    let given = assignments[at].value.clone();
                    assignments[at].value = Expr::call("coalesce", vec![given, value]);
                }
                (Some(at), Said::IsRefused) => assignments[at].value = value,
                (None, _) => assignments.push(Assignment { column: column.clone(), value }),
            }
            Ok(())
        };
        each_write(self, &mut |write| match write {
            Write::Insert(Insert { with: _, into, columns: _, source: _, conflict, returning: _ }) => match conflict {
                Some(Conflict { target: _, action: ConflictAction::Update { assignments, filter: _ } }) => {
                    set(into, &into.name, Role::Conflict, assignments)
                }
                Some(Conflict { target: _, action: ConflictAction::Nothing }) | None => Ok(()),
            },
            Write::Update(Update { with: _, table, assignments, from: _, filter: _, all_rows: _, returning: _ }) => {
                set(&table.name, table.alias.as_ref().unwrap_or(&table.name.name), Role::Update, assignments)
            }
        })
    }
}

/// What comes of what a statement itself says that a column holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    Stays,
    IsRefused,
}

fn not_to_say(column: &Ident) -> Error {
    Error::invalid(format!("no statement may say what `{}` holds", column.as_str()))
}

/// Whether an upsert sets a column to what was to be inserted into it.
fn is_excluded(value: &Expr, column: &Ident) -> bool {
    matches!(value, Expr::Excluded(Excluded { column: excluded }) if excluded == column)
}

/// A statement that gives columns their values.
enum Write<'a> {
    Insert(&'a mut Insert),
    Update(&'a mut Update),
}

/// Goes through what writes: the statement itself, and those before it.
fn each_write(statement: &mut Statement, each: &mut dyn FnMut(Write<'_>) -> Result<()>) -> Result<()> {
    if !statement.may_set_columns() {
        return Ok(());
    }
    let with = |with: &mut [Cte], each: &mut dyn FnMut(Write<'_>) -> Result<()>| {
        with.iter_mut().try_for_each(|cte| each_write(&mut cte.statement, each))
    };
    match statement {
        Statement::Select(it) => it.change(|it| with(&mut it.with, each)),
        Statement::Compound(it) => it.change(|it| with(&mut it.with, each)),
        Statement::Insert(it) => it.change(|it| {
            with(&mut it.with, each)?;
            each(Write::Insert(it))
        }),
        Statement::Update(it) => it.change(|it| {
            with(&mut it.with, each)?;
            each(Write::Update(it))
        }),
        Statement::Delete(it) => it.change(|it| with(&mut it.with, each)),
        Statement::CreateTable(_) | Statement::DropTable(_) | Statement::RowSecurity(_) | Statement::Raw(_) => Ok(()),
    }
}

/// Has an insert give a column, in the rows that do not.
fn give(column: &Ident, value: &Expr, said: Said, insert: &mut Insert) -> Result<()> {
    let at = insert.columns.iter().position(|it| it == column);
    let is_other = |(number, it): (usize, &Ident)| at != Some(number) && may_be_same(it.as_str(), column.as_str());
    if said == Said::IsRefused && insert.columns.iter().enumerate().any(is_other) {
        return Err(not_to_say(column));
    }
    let Some(at) = at else {
        // A name that no other column of a query has, since it may be written as a derived table.
        insert.give(column.clone(), value, Some(format!("value of {}", column.as_str()).into()));
        return Ok(());
    };
    match &mut insert.source {
        InsertSource::Values(Values { values }) => {
            for given in values.iter_mut().skip(at).step_by(insert.columns.len()) {
                if is_left_out(given) {
                    *given = InsertValue::Expr(value.clone());
                } else if said == Said::IsRefused {
                    return Err(not_to_say(column));
                }
            }
            Ok(())
        }
        InsertSource::Query(_) if said == Said::IsRefused => Err(not_to_say(column)),
        InsertSource::Query(_) | InsertSource::Default => Ok(()),
    }
}

/// Whether a row does not say what a column is to hold.
fn is_left_out(value: &InsertValue) -> bool {
    match value {
        InsertValue::Expr(Expr::Value(Value::Null(_))) | InsertValue::Default | InsertValue::NextNumber => true,
        InsertValue::Expr(_) => false,
    }
}
