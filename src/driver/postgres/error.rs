//! What an answer of the server means.
//!
//! Only the fields of the protocol are asked, never the server's words: those depend on its language.

use std::error::Error as StdError;

use tokio_postgres::error::SqlState;

use super::encode::Refused;
use crate::error::{DatabaseError, DatabaseErrorKind, Error};

/// Whether the server knew values of the statement when it answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Knew {
    TextOnly,
    Values,
}

/// The error for the user.
pub(super) fn convert(error: tokio_postgres::Error, knew: Knew) -> Error {
    if let Some(refused) = refused(&error) {
        return Error::encode(refused.position, refused.expected.clone(), refused.found.clone());
    }
    let answer = match error.as_db_error() {
        Some(db) => DatabaseError::new(kind(db.code()), db.code().code(), db.message())
            .with_constraint(db.constraint().map(str::to_owned))
            .with_table(db.table().map(str::to_owned))
            .with_columns(db.column().map(str::to_owned).into_iter().collect()),
        // Whatever else goes wrong (the socket, a message that makes no sense) ends the connection.
        None => {
            let code = SqlState::CONNECTION_FAILURE;
            DatabaseError::new(DatabaseErrorKind::ConnectionLost, code.code(), chain(&error))
        }
    };
    let answer = match knew {
        Knew::TextOnly => answer.about_text(),
        Knew::Values => answer,
    };
    Error::database(answer.with_source(error))
}

/// True where the connection can still be used: the server refused a statement, or nothing was sent.
pub(super) fn is_harmless(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some() || refused(error).is_some()
}

/// True where a statement was prepared for tables that have changed since, or is not there any more.
///
/// It failed before it did anything, so it can be prepared and run again.
pub(super) fn is_stale(error: &tokio_postgres::Error) -> bool {
    let Some(db) = error.as_db_error() else { return false };
    let code = db.code();
    // `cached plan must not change result type`, which shares its code with everything else that is not supported.
    (*code == SqlState::FEATURE_NOT_SUPPORTED && db.routine() == Some("RevalidateCachedQuery"))
        || *code == SqlState::INVALID_SQL_STATEMENT_NAME
        // A parameter has the type that its column had when the statement was prepared.
        || *code == SqlState::DATATYPE_MISMATCH
        || *code == SqlState::UNDEFINED_FUNCTION
}

/// True where the transaction has failed before.
pub(super) fn is_aborted_transaction(error: &tokio_postgres::Error) -> bool {
    error.code() == Some(&SqlState::IN_FAILED_SQL_TRANSACTION)
}

/// Why no connection could be made, in one line.
pub(super) fn connect_cause(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(db) => format!("{} ({})", db.message(), db.code().code()),
        None => chain(error),
    }
}

/// An error and what caused it, in one line.
pub(super) fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        // Some errors repeat their cause.
        if !text.ends_with(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        cause = error.source();
    }
    text
}

fn refused(error: &tokio_postgres::Error) -> Option<&Refused> {
    error.source().and_then(|it| it.downcast_ref())
}

fn kind(code: &SqlState) -> DatabaseErrorKind {
    match code.code() {
        "23505" => DatabaseErrorKind::UniqueViolation,
        // From PostgreSQL 18, `on delete restrict` has a code of its own.
        "23503" | "23001" => DatabaseErrorKind::ForeignKeyViolation,
        "23502" => DatabaseErrorKind::NotNullViolation,
        "23514" => DatabaseErrorKind::CheckViolation,
        // Division by zero (22012) is about no column, but it is a value that does not fit all the same.
        code if code.starts_with("22") => DatabaseErrorKind::InvalidValue,
        "40001" => DatabaseErrorKind::SerializationFailure,
        "40P01" => DatabaseErrorKind::Deadlock,
        "55P03" => DatabaseErrorKind::LockTimeout,
        "57014" => DatabaseErrorKind::Cancelled,
        // The server shuts down, a neighbour crashed, the database is dropped, or the session waited too long.
        "57P01" | "57P02" | "57P03" | "57P04" | "57P05" | "25P03" => DatabaseErrorKind::ConnectionLost,
        code if code.starts_with("08") => DatabaseErrorKind::ConnectionLost,
        _ => DatabaseErrorKind::Other,
    }
}
