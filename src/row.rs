//! What a driver reads: rows of values, and how a Rust type takes its columns out of them.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::types::SqlType;
use crate::value::{Kind, Value};

/// A column of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ColumnInfo {
    /// Its name, or the alias it was given.
    pub name: String,
    /// Whether the server sorts it by something other than what it compares it by: an
    /// [`enum` or `set`](https://dev.mysql.com/doc/refman/9.4/en/enum.html#enum-sorting) of MySQL and MariaDB is sorted by the
    /// places in its list, and compared with text by its text; objects and arrays in `json` of MySQL are compared, and
    /// [not sorted](https://dev.mysql.com/doc/refman/9.4/en/json.html#json-comparison).
    pub sorts_apart: bool,
}

impl ColumnInfo {
    /// A column of that name, which is sorted by what it is compared by.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), sorts_apart: false }
    }
}

/// Rows of a result, all of them or a batch, in one list of values.
#[derive(Clone, Debug)]
pub struct Rows {
    columns: Arc<[ColumnInfo]>,
    values: Vec<Value>,
}

impl Rows {
    /// No rows yet, of these columns.
    #[must_use]
    pub fn new(columns: Arc<[ColumnInfo]>) -> Self {
        Self { columns, values: Vec::new() }
    }

    /// The columns of each row.
    #[must_use]
    pub fn columns(&self) -> &Arc<[ColumnInfo]> {
        &self.columns
    }

    /// The same rows, whose columns have other names.
    #[must_use]
    pub fn rename_columns(self, rename: impl Fn(&str) -> String) -> Self {
        let Self { columns, values } = self;
        let columns =
            columns.iter().map(|column| ColumnInfo { name: rename(&column.name), ..column.clone() }).collect();
        Self { columns, values }
    }

    /// Adds one value; a row is complete when each column has got its own.
    pub fn push(&mut self, value: Value) {
        self.values.push(value);
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len().checked_div(self.columns.len()).unwrap_or(0)
    }

    /// True where there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Takes the rows one by one.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = Row<'_>> {
        let columns = &*self.columns;
        self.values.chunks_exact_mut(columns.len().max(1)).map(move |values| Row { columns, values })
    }
}

/// One row, whose values are taken out by position ([`RowReader`]) or by name.
#[derive(Debug)]
pub struct Row<'r> {
    columns: &'r [ColumnInfo],
    values: &'r mut [Value],
}

impl<'r> Row<'r> {
    /// The columns of the row.
    #[must_use]
    pub fn columns(&self) -> &[ColumnInfo] {
        self.columns
    }

    /// The values of the row, as many as there are columns.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        self.values
    }

    /// Takes the value of the column of that name out of the row.
    ///
    /// # Errors
    ///
    /// Where there is no such column, there are several, or it does not fit `T`.
    pub fn take<T: SqlType>(&mut self, name: &str) -> Result<T> {
        let mut places = self.columns.iter().zip(&mut *self.values).filter(|(column, _)| column.name == name);
        match (places.next(), places.next()) {
            (Some((column, value)), None) => read(column, value),
            (Some(_), Some(_)) => Err(Error::ambiguous_column(name)),
            (None, _) => Err(Error::missing_column(name, self.columns.iter().map(|column| column.name.as_str()))),
        }
    }

    /// As [`take`](Self::take), but a column that is not there is the default of `T`.
    ///
    /// # Errors
    ///
    /// Where there are several such columns, or it does not fit `T`.
    pub fn take_or_default<T: SqlType + Default>(&mut self, name: &str) -> Result<T> {
        if self.columns.iter().any(|column| column.name == name) { self.take(name) } else { Ok(T::default()) }
    }

    /// Reads the columns from left to right.
    #[must_use]
    pub fn reader(self) -> RowReader<'r> {
        RowReader { columns: self.columns, values: self.values }
    }
}

/// Reads a row from left to right.
#[derive(Debug)]
pub struct RowReader<'r> {
    columns: &'r [ColumnInfo],
    values: &'r mut [Value],
}

impl RowReader<'_> {
    /// Takes the next column.
    ///
    /// # Errors
    ///
    /// Where no column is left, or it does not fit `T`.
    #[inline]
    pub fn read<T: SqlType>(&mut self) -> Result<T> {
        let values = std::mem::take(&mut self.values);
        match (self.columns.split_first(), values.split_first_mut()) {
            (Some((column, columns)), Some((value, values))) => {
                self.columns = columns;
                self.values = values;
                read(column, value)
            }
            _ => Err(Error::decode("(none)", T::KIND.name(), "no further column")),
        }
    }

    /// Passes over the next `count` columns.
    pub fn skip(&mut self, count: usize) {
        let values = std::mem::take(&mut self.values);
        let count = count.min(values.len());
        self.columns = &self.columns[count..];
        self.values = &mut values[count..];
    }

    /// The values that are still to be read.
    #[must_use]
    pub fn rest(&self) -> &[Value] {
        self.values
    }
}

fn read<T: SqlType>(column: &ColumnInfo, value: &mut Value) -> Result<T> {
    let value = std::mem::replace(value, Value::Null(Kind::Unknown));
    T::from_value(value).map_err(|it| Error::decode(column.name.as_str(), it.expected, it.found))
}
