//! What SQLite's refusals mean.

use rusqlite::Error as Refusal;

use crate::dialect::FIT;
use crate::error::{DatabaseError, DatabaseErrorKind, Error};
use crate::value::Value;

// SQLite's extended result codes, <https://sqlite.org/rescode.html>.
const ERROR: i32 = 1;
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const INTERRUPT: i32 = 9;
const BUSY_RECOVERY: i32 = 261;
const LOCKED_SHAREDCACHE: i32 = 262;
const CONSTRAINT_CHECK: i32 = 275;
const CONSTRAINT_DATATYPE: i32 = 3091;
const BUSY_SNAPSHOT: i32 = 517;
const BUSY_TIMEOUT: i32 = 773;
const CONSTRAINT_FOREIGNKEY: i32 = 787;
const CONSTRAINT_NOTNULL: i32 = 1299;
const CONSTRAINT_PRIMARYKEY: i32 = 1555;
const CONSTRAINT_TRIGGER: i32 = 1811;
const CONSTRAINT_UNIQUE: i32 = 2067;
const CONSTRAINT_ROWID: i32 = 2579;

/// The refusal of a text, before anything is bound.
pub(super) fn text(refusal: Refusal) -> Error {
    match answer(refusal) {
        Ok(answer) => Error::database(answer.about_text()),
        Err(error) => error,
    }
}

/// The refusal of a statement, in words that may hold what is bound.
pub(super) fn bound(refusal: Refusal) -> Error {
    answer(refusal).map_or_else(|error| error, Error::database)
}

/// How the refusals of a statement with these values are told.
pub(super) fn refused(params: &[Value]) -> fn(Refusal) -> Error {
    if params.is_empty() { text } else { bound }
}

/// A refusal, with its kind and what its message names.
fn answer(refusal: Refusal) -> Result<DatabaseError, Error> {
    let (code, message) = match &refusal {
        Refusal::SqliteFailure(error, message) => {
            (error.extended_code, message.clone().unwrap_or_else(|| error.to_string()))
        }
        Refusal::SqlInputError { error, msg, .. } => (error.extended_code, msg.clone()),
        Refusal::MultipleStatement => {
            return Err(Error::invalid("there are several statements where one is expected; run them as a batch"));
        }
        // What is left are mistakes in the use of rusqlite, of which this driver makes none.
        other => return Err(Error::invalid(other.to_string())),
    };
    let kind = kind(code, &message);
    let names = Names::read(kind, &message);
    Ok(DatabaseError::new(kind, code.to_string(), message)
        .with_constraint(names.constraint)
        .with_table(names.table)
        .with_columns(names.columns)
        .with_source(refusal))
}

/// The error of a job that was stopped before it started.
pub(super) fn cancelled() -> Error {
    let code = INTERRUPT.to_string();
    Error::database(DatabaseError::new(DatabaseErrorKind::Cancelled, code, "nobody waits for the statement"))
}

fn kind(code: i32, message: &str) -> DatabaseErrorKind {
    match code {
        CONSTRAINT_UNIQUE | CONSTRAINT_PRIMARYKEY | CONSTRAINT_ROWID => DatabaseErrorKind::UniqueViolation,
        CONSTRAINT_FOREIGNKEY => DatabaseErrorKind::ForeignKeyViolation,
        // `on delete restrict` is a trigger inside.
        CONSTRAINT_TRIGGER if message == "FOREIGN KEY constraint failed" => DatabaseErrorKind::ForeignKeyViolation,
        CONSTRAINT_NOTNULL => DatabaseErrorKind::NotNullViolation,
        CONSTRAINT_CHECK if misfit(message).is_some() => DatabaseErrorKind::InvalidValue,
        CONSTRAINT_CHECK => DatabaseErrorKind::CheckViolation,
        // Of `sum`.
        ERROR if message == "integer overflow" => DatabaseErrorKind::InvalidValue,
        CONSTRAINT_DATATYPE => DatabaseErrorKind::InvalidValue,
        BUSY_SNAPSHOT => DatabaseErrorKind::SerializationFailure,
        BUSY | BUSY_RECOVERY | BUSY_TIMEOUT | LOCKED | LOCKED_SHAREDCACHE => DatabaseErrorKind::LockTimeout,
        INTERRUPT => DatabaseErrorKind::Cancelled,
        _ => DatabaseErrorKind::Other,
    }
}

/// The column whose value its type does not hold, which is a check of ours here.
fn misfit(message: &str) -> Option<&str> {
    message.strip_prefix("CHECK constraint failed: ")?.strip_prefix(FIT)
}

/// The names in a message. They stand there without quotes, so one that could be read in two ways is left out.
#[derive(Default)]
struct Names {
    constraint: Option<String>,
    table: Option<String>,
    columns: Vec<String>,
}

impl Names {
    fn read(kind: DatabaseErrorKind, message: &str) -> Self {
        let named = message.split_once(" constraint failed: ").map(|(_, named)| named);
        match (kind, named) {
            (DatabaseErrorKind::InvalidValue, _) => {
                Self { columns: misfit(message).map(str::to_owned).into_iter().collect(), ..Self::default() }
            }
            (DatabaseErrorKind::CheckViolation, Some(name)) => {
                Self { constraint: Some(name.to_owned()), ..Self::default() }
            }
            (DatabaseErrorKind::UniqueViolation | DatabaseErrorKind::NotNullViolation, Some(named)) => {
                match named.strip_prefix("index '").and_then(|rest| rest.strip_suffix('\'')) {
                    Some(index) => Self { constraint: Some(index.to_owned()), ..Self::default() },
                    None => Self::columns(named).unwrap_or_default(),
                }
            }
            _ => Self::default(),
        }
    }

    /// Reads `table.a, table.b`.
    fn columns(named: &str) -> Option<Self> {
        let (table, _) = named.split_once('.')?;
        let columns = named
            .split(", ")
            .map(|part| part.strip_prefix(table)?.strip_prefix('.').filter(|column| !column.contains('.')))
            .map(|column| column.map(str::to_owned))
            .collect::<Option<Vec<_>>>()?;
        Some(Self { table: Some(table.to_owned()), columns, ..Self::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(kind: DatabaseErrorKind, message: &str) -> (Option<String>, Option<String>, Vec<String>) {
        let Names { constraint, table, columns } = Names::read(kind, message);
        (constraint, table, columns)
    }

    #[test]
    fn names_are_read_where_they_are_clear() {
        let unique = DatabaseErrorKind::UniqueViolation;
        let table = || Some("ch".to_owned());
        assert_eq!(
            names(unique, "UNIQUE constraint failed: ch.a, ch.c"),
            (None, table(), vec!["a".to_owned(), "c".to_owned()])
        );
        assert_eq!(names(unique, "UNIQUE constraint failed: index 'ix'"), (Some("ix".into()), None, vec![]));
        assert_eq!(
            names(DatabaseErrorKind::NotNullViolation, "NOT NULL constraint failed: ch.b"),
            (None, table(), vec!["b".to_owned()])
        );
        assert_eq!(
            names(DatabaseErrorKind::CheckViolation, "CHECK constraint failed: positive"),
            (Some("positive".into()), None, vec![])
        );
        // A table `my.t`, or a column `a, b`: nothing is better than something wrong.
        for message in ["UNIQUE constraint failed: my.t.a", "UNIQUE constraint failed: t.a, b"] {
            assert_eq!(names(unique, message), (None, None, vec![]), "{message}");
        }
    }
}
