//! An entry of the log.

use std::fmt;

use crate::ast::Operation;
use crate::error::{Error, Result};
use crate::plugin::audit::{json, record, value};
use crate::row::{Row, RowReader};
use crate::types::SqlType;
use crate::value::Value;

/// An entry of the log: what happened to a row, and who did it when.
#[derive(Clone, PartialEq)]
pub struct Entry {
    id: i64,
    table: String,
    key: String,
    operation: Operation,
    old: Stored,
    new: Stored,
    user: Option<String>,
    at: i64,
    metadata: Option<String>,
}

/// A row as the log has it.
#[derive(Clone, PartialEq)]
enum Stored {
    Nothing,
    Json(String),
    /// Text that is no JSON object: somebody has written it by other means.
    Corrupted,
}

impl Stored {
    fn new(text: Option<String>) -> Self {
        match text {
            None => Self::Nothing,
            Some(text) if json::fields(&text).is_some() => Self::Json(text),
            Some(_) => Self::Corrupted,
        }
    }

    fn json(&self) -> Option<&str> {
        match self {
            Self::Json(text) => Some(text),
            Self::Nothing | Self::Corrupted => None,
        }
    }
}

impl Entry {
    pub(super) fn read(row: Row<'_>) -> Result<Self> {
        let mut reader = row.reader();
        Ok(Self {
            id: reader.read()?,
            table: reader.read()?,
            key: reader.read()?,
            operation: operation_of(&reader.read::<String>()?)?,
            old: Stored::new(reader.read()?),
            new: Stored::new(reader.read()?),
            user: reader.read()?,
            at: instant(&mut reader)?,
            metadata: reader.read()?,
        })
    }

    /// Its number in the log.
    #[must_use]
    pub const fn id(&self) -> i64 {
        self.id
    }

    /// The table, with its schema and a dot before it where the statement named one.
    #[must_use]
    pub fn table(&self) -> &str {
        &self.table
    }

    /// The row's primary key as text: the value of its one column, or a JSON array of those of several.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What happened: [`Insert`](Operation::Insert), [`Update`](Operation::Update) or [`Delete`](Operation::Delete).
    #[must_use]
    pub const fn operation(&self) -> Operation {
        self.operation
    }

    /// The row before, as a JSON object with a field for each column. There is none of an insert, or where none was kept.
    ///
    /// Decimals, dates and times, bytes (in hexadecimal digits) and UUIDs are strings in it. A column that holds the JSON
    /// document `null` has the field `{"$json":null}`, to be told from one that holds nothing; and so has one whose document
    /// begins like that itself.
    #[must_use]
    pub fn before(&self) -> Option<&str> {
        self.old.json()
    }

    /// The row after, in the same form. There is none of a delete, or where none was kept.
    #[must_use]
    pub fn after(&self) -> Option<&str> {
        self.new.json()
    }

    /// Whether what the log has as one of the rows is no JSON object; [`before`](Self::before) or [`after`](Self::after) is none then.
    #[must_use]
    pub fn is_corrupted(&self) -> bool {
        self.old == Stored::Corrupted || self.new == Stored::Corrupted
    }

    /// Who did it, as text.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// When, in microseconds since 1970-01-01 00:00:00 UTC.
    #[must_use]
    pub const fn at_micros(&self) -> i64 {
        self.at
    }

    /// When, as a type that holds instants, such as `chrono::DateTime<Utc>`.
    ///
    /// # Errors
    ///
    /// Where the type holds no instants, or not this one.
    pub fn at<T: SqlType>(&self) -> Result<T> {
        T::from_value(Value::TimestampTz(self.at)).map_err(|it| Error::decode("changed_at", it.expected, it.found))
    }

    /// What the program has added.
    #[must_use]
    pub fn metadata(&self) -> Option<&str> {
        self.metadata.as_deref()
    }
}

/// Reads an instant, as microseconds since 1970.
fn instant(reader: &mut RowReader<'_>) -> Result<i64> {
    let found = reader.rest().first().and_then(value::instant);
    reader.skip(1);
    found.ok_or_else(|| Error::decode("changed_at", "a timestamp with time zone", "something else"))
}

fn operation_of(word: &str) -> Result<Operation> {
    let known = [Operation::Insert, Operation::Update, Operation::Delete];
    let found = known.into_iter().find(|it| record::word_of(*it) == word);
    found.ok_or_else(|| Error::decode("operation", "`INSERT`, `UPDATE` or `DELETE`", "another word"))
}

/// Shows no values of the row.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("id", &self.id)
            .field("table", &self.table)
            .field("operation", &self.operation)
            .finish_non_exhaustive()
    }
}
