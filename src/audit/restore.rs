//! Restoring: a row as it was before an entry of the log.

use std::any::{Any, TypeId};

use smallvec::SmallVec;

use super::Entry;
use crate::ast::{
    Assignment, Column, ColumnDescription, Expr, Generated, Ident, Insert, InsertSource, InsertValue, Operation,
    SelectList, Statement, Table as NamedTable, TableDescription, Update, Values,
};
use crate::driver::BoxFuture;
use crate::error::{Error, Result};
use crate::executor::{Executor, Request};
use crate::plugin::audit::{Restoring, json, record, value};
use crate::plugin::{Audit, Context, LeftOut, Metadata, Plugin, SoftDelete, Timestamps};
use crate::table::Table;
use crate::value::Value;

impl Audit {
    /// Makes a row as it was before the change that an entry tells of: one that was deleted is inserted again, with the same
    /// primary key, and one that was updated gets the values that it had, all of them.
    ///
    /// It is a change as any other: the log gets an entry of it, and row policies hold. A row that is only marked as deleted
    /// is found. What the database computes is left to it.
    ///
    /// # Errors
    ///
    /// - [`is_not_found`](Error::is_not_found): there is no such entry.
    /// - [`is_invalid`](Error::is_invalid): it tells of an insert, which is undone by deleting; it has no row that could be
    ///   restored; it is of another table, or of one in another schema; or the database has not this plugin.
    /// - The same where it tells of a delete of a row whose primary key the database alone numbers.
    /// - [`is_conflict`](Error::is_conflict): the row was changed since, or is not there any more.
    /// - [`is_unique_violation`](Error::is_unique_violation): a row of the same key is there again; and whatever else the
    ///   database does not accept.
    pub fn restore<'e, T: Table>(&self, table: T, id: i64, executor: &'e dyn Executor) -> BoxFuture<'e, Result<()>> {
        let _ = table;
        let entry = self.entry(id, executor);
        Box::pin(async move { restore(T::DESCRIPTION, &entry.await?, executor).await })
    }
}

async fn restore(table: &'static TableDescription, entry: &Entry, executor: &dyn Executor) -> Result<()> {
    let name = record::name_of(&table.table_name());
    let in_a_schema = entry.table().strip_suffix(name.as_str()).is_some_and(|schema| schema.ends_with('.'));
    if entry.table() != name && !in_a_schema {
        return Err(Error::invalid(format!("the entry is not of the table `{name}`")));
    }
    let columns = executor.pipeline().tables.known(&table.table_name()).columns();
    let (statement, expected) = match entry.operation() {
        Operation::Delete => (insert(table, &columns, old(entry)?)?, None),
        Operation::Update => match entry.after() {
            Some(new) => (update(table, &columns, old(entry)?)?, Some(new.to_owned())),
            None => {
                return Err(Error::invalid(
                    "the entry has no row as it was afterwards, so nobody knows whether it still is",
                ));
            }
        },
        Operation::Insert | Operation::Select | Operation::Define | Operation::Text => {
            return Err(Error::invalid("the entry is of an insert, which has no row to be restored; delete the row"));
        }
    };
    let metadata = Metadata::default()
        .with(Restoring { table: entry.table().to_owned(), expected })
        .with(LeftOut(TypeId::of::<SoftDelete>()))
        .with(LeftOut(TypeId::of::<Timestamps>()));
    demand_audit(&statement, &metadata, executor)?;
    executor.execute(Request::Annotated(statement, metadata)).await.map(drop)
}

/// Refuses to restore where no log would be kept of it, and nobody would look whether the row is as it should be.
fn demand_audit(statement: &Statement, metadata: &Metadata, executor: &dyn Executor) -> Result<()> {
    let pipeline = executor.pipeline();
    let context = Context::new(executor.spec(), &pipeline.tables, metadata, executor.metadata());
    let is_audited = |plugin: &dyn Plugin| (plugin as &dyn Any).is::<Audit>() && plugin.wraps(statement, &context);
    if pipeline.plugins.iter().any(|plugin| is_audited(&**plugin)) {
        Ok(())
    } else {
        Err(Error::invalid("rows are restored by a database that keeps a log of them"))
    }
}

/// The row as it was before, as the log has it.
fn old(entry: &Entry) -> Result<Vec<(String, &str)>> {
    entry
        .before()
        .and_then(json::fields)
        .ok_or_else(|| Error::invalid("the entry has no row as it was before, so there is nothing to restore"))
}

/// The columns that the log has, and that can be written, with their values.
fn values(
    columns: &[&'static ColumnDescription],
    fields: Vec<(String, &str)>,
) -> Result<Vec<(&'static ColumnDescription, Value)>> {
    let mut values: Vec<(&ColumnDescription, Value)> = Vec::new();
    for (name, json) in fields {
        let Some(column) = columns.iter().copied().find(|it| it.name.text() == name) else { continue };
        if column.expression.is_some() {
            continue;
        }
        let value = value::read(json, column.data_type, column.nullable).ok_or_else(|| {
            Error::invalid(format!("the entry has a value of the column `{name}` that such a column does not hold"))
        })?;
        values.push((column, value));
    }
    let is_there = |wanted: &ColumnDescription| values.iter().any(|(it, _)| it.name.text() == wanted.name.text());
    match columns.iter().find(|column| column.primary_key && !is_there(column)) {
        Some(missing) => Err(Error::invalid(format!("the entry has no value of the column `{}`", missing.name.text()))),
        None => Ok(values),
    }
}

fn insert(
    table: &'static TableDescription,
    columns: &[&'static ColumnDescription],
    fields: Vec<(String, &str)>,
) -> Result<Statement> {
    let mut values = values(columns, fields)?;
    if let Some((key, _)) = values.iter().find(|(it, _)| it.primary_key && it.generated == Generated::Always) {
        let name = key.name.text();
        return Err(Error::invalid(format!(
            "the database alone numbers the column `{name}`, and would give another one"
        )));
    }
    values.retain(|(column, _)| column.generated != Generated::Always);
    let (columns, values): (Vec<&ColumnDescription>, Vec<Value>) = values.into_iter().unzip();
    Ok(Insert {
        with: Vec::new(),
        into: table.table_name(),
        columns: columns.into_iter().map(|column| Ident::Static(column.name)).collect(),
        source: InsertSource::Values(Values {
            values: values.into_iter().map(|value| InsertValue::Expr(Expr::Value(value))).collect(),
        }),
        conflict: None,
        returning: SelectList::new(),
    }
    .into())
}

fn update(
    table: &'static TableDescription,
    columns: &[&'static ColumnDescription],
    fields: Vec<(String, &str)>,
) -> Result<Statement> {
    let (mut assignments, mut filter) = (Vec::new(), None);
    for (column, value) in values(columns, fields)? {
        if column.primary_key {
            Expr::restrict(&mut filter, Expr::Column(Column::of(table.name, column.name)).equals(Expr::Value(value)));
        } else if column.generated != Generated::Always {
            assignments.push(Assignment { column: Ident::Static(column.name), value: Expr::Value(value) });
        }
    }
    Ok(Update {
        with: Vec::new(),
        table: NamedTable { name: table.table_name(), alias: None },
        assignments,
        from: SmallVec::new(),
        filter,
        all_rows: false,
        returning: SelectList::new(),
    }
    .into())
}
