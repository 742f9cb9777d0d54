//! What a server answers instead of rows.

use std::fmt;

use super::Source;

/// What went wrong on a server, in words all servers share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DatabaseErrorKind {
    /// A unique or primary key is taken.
    UniqueViolation,
    /// A row refers to one that is not there, or the other way round.
    ForeignKeyViolation,
    /// A column must not be null.
    NotNullViolation,
    /// A `check` constraint is violated.
    CheckViolation,
    /// A value does not fit its column: too long, out of range, or not of its form.
    InvalidValue,
    /// The transaction lost against a concurrent one.
    SerializationFailure,
    /// The transaction was chosen to end a deadlock.
    Deadlock,
    /// A lock was not to be had in time.
    LockTimeout,
    /// The statement was cancelled, by a time limit or by somebody.
    Cancelled,
    /// The connection is gone.
    ConnectionLost,
    /// Anything else; [`DatabaseError::code`] says what.
    Other,
}

/// What a server answered instead of rows.
///
/// `Display` repeats the server's own words only where they are about text alone: of a statement that it was to
/// prepare (a syntax error, a table that is not there), and of one to which nothing was bound. Once values are bound, any
/// message may quote one of them, so then it is said in our words, with the server's code; so is everything about a
/// row or a value, whether or not it was bound.
///
/// ```
/// # use kysera::error::{DatabaseError, DatabaseErrorKind};
/// let error = DatabaseError::new(DatabaseErrorKind::UniqueViolation, "23505", "duplicate key value");
/// assert_eq!(error.to_string(), "a unique key is taken already (23505)");
/// assert_eq!(error.code(), "23505");
/// ```
pub struct DatabaseError {
    kind: DatabaseErrorKind,
    code: String,
    message: String,
    constraint: Option<String>,
    table: Option<String>,
    columns: Vec<String>,
    driver_error: Option<Source>,
    is_about_text: bool,
}

/// The same as `Display`: the server's words and the driver's error may hold values of the row.
impl fmt::Debug for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseError({self})")
    }
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.describe())
    }
}

/// A server's answer has no source: whoever logs a chain of errors would log the values of the row with it. A lost
/// connection has one, which says how it was lost.
impl std::error::Error for DatabaseError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.kind {
            DatabaseErrorKind::ConnectionLost => self.driver_error(),
            _ => None,
        }
    }
}

impl DatabaseError {
    /// An answer of a server: what it means, the server's own code (SQLSTATE, or the number of MySQL, MariaDB
    /// and SQLite) and the server's own words.
    pub fn new(kind: DatabaseErrorKind, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            kind,
            code: code.into(),
            message: message.into(),
            constraint: None,
            table: None,
            columns: Vec::new(),
            driver_error: None,
            is_about_text: false,
        }
    }

    /// Adds the name of the constraint.
    #[must_use]
    pub fn with_constraint(self, constraint: Option<String>) -> Self {
        Self { constraint, ..self }
    }

    /// Adds the name of the table.
    #[must_use]
    pub fn with_table(self, table: Option<String>) -> Self {
        Self { table, ..self }
    }

    /// Adds the names of the columns.
    #[must_use]
    pub fn with_columns(self, columns: Vec<String>) -> Self {
        Self { columns, ..self }
    }

    /// Adds the driver's own error.
    #[must_use]
    pub fn with_source(self, source: impl Into<Source>) -> Self {
        Self { driver_error: Some(source.into()), ..self }
    }

    /// Says that the server had been given no values when it answered, so that `Display` may repeat its words.
    #[must_use]
    pub fn about_text(self) -> Self {
        Self { is_about_text: true, ..self }
    }

    /// The driver's own error. Its text may hold values of the row, so think before logging it.
    #[must_use]
    pub fn driver_error(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.driver_error.as_deref().map(|error| error as &(dyn std::error::Error + 'static))
    }

    /// What it means, in words all servers share.
    #[must_use]
    pub fn kind(&self) -> DatabaseErrorKind {
        self.kind
    }

    /// The server's own code: SQLSTATE on PostgreSQL, the error number elsewhere.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The server's own words. They may hold values of the row or the statement, so think before logging them.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The name of the constraint, where the server tells it.
    #[must_use]
    pub fn constraint(&self) -> Option<&str> {
        self.constraint.as_deref()
    }

    /// The name of the table, where the server tells it.
    #[must_use]
    pub fn table(&self) -> Option<&str> {
        self.table.as_deref()
    }

    /// The names of the columns, where the server tells them.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// A server's message about a row or a value holds values, and any message may where some were bound, so those are
    /// said in our words.
    fn describe(&self) -> String {
        let what = match self.kind {
            DatabaseErrorKind::UniqueViolation => "a unique key is taken already",
            DatabaseErrorKind::ForeignKeyViolation => "a foreign key is violated",
            DatabaseErrorKind::NotNullViolation => "a column must not be null",
            DatabaseErrorKind::CheckViolation => "a check constraint is violated",
            DatabaseErrorKind::InvalidValue => "a value does not fit",
            DatabaseErrorKind::SerializationFailure => "the transaction lost against a concurrent one",
            DatabaseErrorKind::Deadlock => "the transaction was ended to break a deadlock",
            DatabaseErrorKind::LockTimeout => "a lock was not to be had in time",
            DatabaseErrorKind::Cancelled => "the statement was cancelled",
            DatabaseErrorKind::ConnectionLost => "the connection is gone",
            DatabaseErrorKind::Other if self.is_about_text => self.message.as_str(),
            DatabaseErrorKind::Other => {
                "the server refused the statement, in words that may hold values, see `DatabaseError::message`"
            }
        };
        let mut text = format!("{what} ({})", self.code);
        for (label, name) in [("constraint", &self.constraint), ("table", &self.table)] {
            if let Some(name) = name {
                text.push_str(&format!(", {label} `{name}`"));
            }
        }
        if !self.columns.is_empty() {
            text.push_str(&format!(", column `{}`", self.columns.join("`, `")));
        }
        text
    }
}
