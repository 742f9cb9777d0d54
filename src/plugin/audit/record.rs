//! The log: its table, and what is written into it.

use super::target::Changed;
use super::{Audit, Change};
use crate::ast::{
    Column, ColumnDef, CreateTable, DataType, Expr, Generation, Ident, Index, Insert, InsertSource, InsertValue,
    Operation, Select, SelectExpr, SelectItem, SelectList, Table, TableConstraint, TableName, TableRef, Values,
};
use crate::error::{Error, Result};
use crate::plugin::{Context, Runner};
use crate::value::{Kind, Value};

/// The columns of the log, in their order; the first is its key, which the database numbers.
pub(crate) const COLUMNS: [&str; 9] =
    ["id", "table_name", "row_key", "operation", "old_values", "new_values", "changed_by", "changed_at", "metadata"];

/// How long the name of a table, and what says who acts, may be in the log, in characters.
pub(super) const NAME_LENGTH: u32 = 255;

/// How long a key may be in the log, in characters: an index of MySQL and MariaDB on both columns takes no more.
pub(super) const KEY_LENGTH: u32 = 512;

/// Refuses text that has no room in a column of the log. SQLite would count it, and any other server too.
pub(super) fn has_room(text: &str, what: &str, length: u32) -> Result<()> {
    if text.len() > length as usize && text.chars().count() > length as usize {
        return Err(Error::invalid(format!("{what} is longer than the {length} characters that the log has room for")));
    }
    Ok(())
}

/// So much of rows is written by one statement, in bytes: servers take only so much in one message.
const BYTES: usize = 1 << 20;

/// How many entries are written by one statement.
const ENTRIES: usize = 1_000;

/// Makes the table of the log, unless it is there; one that is there must have its columns.
///
/// Several programs may do so at once: one of them makes it, and the others may be told that it is there already.
pub(super) async fn create(log: &TableName, mut runner: Runner<'_>) -> Result<()> {
    if runner.fetch(nothing(log)).await.is_ok() {
        return Ok(());
    }
    let created = runner.execute(definition(log)).await;
    match (created, runner.fetch(nothing(log)).await) {
        (_, Ok(_)) => Ok(()),
        (Err(why), Err(_)) => Err(why),
        (Ok(_), Err(why)) => Err(why),
    }
}

/// A query of all columns of the log, without its rows.
fn nothing(log: &TableName) -> Select {
    Select { limit: Some(Expr::from(0_i64)), ..query(log) }
}

/// A query of all columns of the log.
pub(crate) fn query(log: &TableName) -> Select {
    let columns: SelectList =
        COLUMNS.map(|name| SelectItem::Expr(SelectExpr { expr: column(log, name), alias: None })).into_iter().collect();
    let table = TableRef::Table(Table { name: log.clone(), alias: None });
    Select { columns, from: [table].into_iter().collect(), ..Select::default() }
}

/// A column of the log.
pub(crate) fn column(log: &TableName, name: &str) -> Expr {
    Expr::Column(Column::new(Some(log.name.clone()), name))
}

fn definition(log: &TableName) -> CreateTable {
    let column = |name: &str, data_type: DataType, nullable: bool| ColumnDef {
        name: name.into(),
        data_type,
        nullable,
        default: None,
        generation: None,
    };
    let [id, table_name, row_key, operation, old, new, by, at, metadata] = COLUMNS;
    let identity = ColumnDef { generation: Some(Generation::Identity), ..column(id, DataType::BigInt, false) };
    CreateTable {
        if_not_exists: true,
        name: log.clone(),
        columns: vec![
            identity,
            column(table_name, DataType::Varchar(NAME_LENGTH), false),
            column(row_key, DataType::Varchar(KEY_LENGTH), false),
            column(operation, DataType::Varchar(10), false),
            column(old, DataType::Text, true),
            column(new, DataType::Text, true),
            column(by, DataType::Varchar(NAME_LENGTH), true),
            column(at, DataType::TimestampTz, false),
            column(metadata, DataType::Text, true),
        ],
        constraints: vec![TableConstraint::PrimaryKey(Index { name: None, columns: vec![id.into()] })],
    }
}

/// The name of a table as the log has it.
pub(crate) fn name_of(table: &TableName) -> String {
    match &table.schema {
        Some(schema) => format!("{}.{}", schema.as_str(), table.name.as_str()),
        None => table.name.as_str().to_owned(),
    }
}

/// What a statement does to a row, as the log has it.
pub(crate) const fn word_of(operation: Operation) -> &'static str {
    match operation {
        Operation::Insert => "INSERT",
        Operation::Update => "UPDATE",
        Operation::Delete => "DELETE",
        Operation::Select | Operation::Define | Operation::Text => "OTHER",
    }
}

impl Audit {
    /// Writes an entry for each change.
    pub(super) async fn record(
        &self,
        table: &TableName,
        changes: Vec<Changed>,
        context: &Context<'_>,
        runner: &mut Runner<'_>,
    ) -> Result<()> {
        let by = self.text_of_actor(context)?.map_or(Value::Null(Kind::Text), Value::from);
        let most = (runner.spec().max_params / COLUMNS.len()).min(ENTRIES);
        let (mut values, mut entries, mut bytes) = (Vec::new(), 0, 0);
        for changed in changes {
            let change = Change { table, changed: &changed, context };
            let metadata = self.metadata.as_ref().and_then(|metadata| metadata.0(&change));
            let Changed { operation, key_text, old, new } = changed;
            let (old, new) = (old.filter(|_| self.capture.keeps_before()), new.filter(|_| self.capture.keeps_after()));
            bytes += [&old, &new, &metadata].map(|text| text.as_ref().map_or(0, String::len)).iter().sum::<usize>();
            entries += 1;
            let text = |text: Option<String>| Expr::Value(text.map_or(Value::Null(Kind::Text), Value::from));
            values.extend(
                [
                    text(Some(name_of(table))),
                    text(Some(key_text)),
                    text(Some(word_of(operation).to_owned())),
                    text(old),
                    text(new),
                    Expr::Value(by.clone()),
                    self.clock.now(),
                    text(metadata),
                ]
                .map(InsertValue::Expr),
            );
            if entries == most || bytes >= BYTES {
                runner.execute(self.entries(std::mem::take(&mut values))).await?;
                (entries, bytes) = (0, 0);
            }
        }
        if !values.is_empty() {
            runner.execute(self.entries(values)).await?;
        }
        Ok(())
    }

    fn entries(&self, values: Vec<InsertValue>) -> Insert {
        Insert {
            with: Vec::new(),
            into: self.log.clone(),
            columns: COLUMNS.iter().skip(1).map(|name| Ident::from(*name)).collect(),
            source: InsertSource::Values(Values { values }),
            conflict: None,
            returning: SelectList::new(),
        }
    }
}
