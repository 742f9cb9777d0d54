//! What can go wrong, as one opaque type that is asked by predicates.

use std::borrow::Cow;
use std::fmt;

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The cause of an error in another crate.
pub type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why a query was not built, not sent, not run or not read.
///
/// It is asked by predicates, so that new kinds can be added without breaking anyone:
///
/// ```
/// use kysera::Error;
///
/// let error = Error::invalid("an `update` without assignments");
/// assert!(error.is_invalid());
/// assert_eq!(error.to_string(), "an `update` without assignments");
/// ```
///
/// A message is lower case, has no full stop, and never holds the value of a parameter: what a server said in its own
/// words is repeated only where it had been given no value yet, see [`DatabaseError`]. The words themselves are in
/// [`DatabaseError::message`], and the driver's error in [`DatabaseError::driver_error`].
#[derive(thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Kind>);

#[derive(Debug, thiserror::Error)]
enum Kind {
    #[error(transparent)]
    Unsupported(Unsupported),
    #[error("{0}")]
    Invalid(Cow<'static, str>),
    #[error("no row was found")]
    NotFound,
    #[error("column `{column}` holds {found}, which is not {expected}")]
    Decode { column: String, expected: Cow<'static, str>, found: Cow<'static, str> },
    #[error("the result has no column `{column}`; it has {columns}")]
    MissingColumn { column: String, columns: String },
    #[error("the result has several columns `{column}`; give each a name of its own by `alias`")]
    AmbiguousColumn { column: String },
    #[error("parameter {position} is {found}, which the server cannot take as {expected}")]
    Encode { position: usize, expected: Cow<'static, str>, found: Cow<'static, str> },
    #[error("cannot connect to {target}: {cause}")]
    Connect {
        target: String,
        cause: String,
        #[source]
        source: Option<Source>,
    },
    #[error("no connection became free in {waited_ms} ms")]
    PoolTimeout {
        waited_ms: u128,
        #[source]
        source: Option<Source>,
    },
    #[error("{0}")]
    Closed(Cow<'static, str>),
    #[error(transparent)]
    Plugin(InPlugin),
    #[error("{0}")]
    Conflict(Cow<'static, str>),
    #[error("{} things went wrong: {}", .0.len(), list(.0))]
    Several(Vec<Error>),
    #[error(transparent)]
    Database(DatabaseError),
}

fn list(errors: &[Error]) -> String {
    errors.iter().map(Error::to_string).collect::<Vec<_>>().join("; ")
}

impl Error {
    fn new(kind: Kind) -> Self {
        Self(Box::new(kind))
    }

    /// A query that means nothing on any server, such as an `update` without assignments.
    pub fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Invalid(message.into()))
    }

    /// A query that needs what the dialect does not have.
    #[must_use]
    pub fn unsupported(unsupported: Unsupported) -> Self {
        Self::new(Kind::Unsupported(unsupported))
    }

    /// [`fetch_one`](crate::query::Statement::fetch_one) found no row.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(Kind::NotFound)
    }

    /// A column of a result that is not what the row asks for.
    pub fn decode(
        column: impl Into<String>,
        expected: impl Into<Cow<'static, str>>,
        found: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(Kind::Decode { column: column.into(), expected: expected.into(), found: found.into() })
    }

    /// A column that the row asks for and the result, which has `columns`, does not have.
    pub fn missing_column<'a>(column: impl Into<String>, columns: impl IntoIterator<Item = &'a str>) -> Self {
        let columns: Vec<String> = columns.into_iter().map(|name| format!("`{name}`")).collect();
        Self::new(Kind::MissingColumn { column: column.into(), columns: columns.join(", ") })
    }

    /// A column that the row asks for by a name that several columns of the result have.
    pub fn ambiguous_column(column: impl Into<String>) -> Self {
        Self::new(Kind::AmbiguousColumn { column: column.into() })
    }

    /// A parameter (counted from 1) that the server's type for it cannot hold.
    pub fn encode(
        position: usize,
        expected: impl Into<Cow<'static, str>>,
        found: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(Kind::Encode { position, expected: expected.into(), found: found.into() })
    }

    /// A connection that could not be made; `target` names host and port (or file), never a password.
    pub fn connect(target: impl Into<String>, cause: impl Into<String>, source: Option<Source>) -> Self {
        Self::new(Kind::Connect { target: target.into(), cause: cause.into(), source })
    }

    /// No connection of the pool became free in time; `source` is why the last attempt to open one failed.
    #[must_use]
    pub fn pool_timeout(waited: std::time::Duration, source: Option<Source>) -> Self {
        Self::new(Kind::PoolTimeout { waited_ms: waited.as_millis(), source })
    }

    /// A row that is to be changed is not as it was when that was decided.
    pub fn conflict(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Conflict(message.into()))
    }

    /// The pool, the connection or the transaction is closed.
    pub fn closed(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Closed(message.into()))
    }

    /// What a plugin says of a statement, which `subject` names. The error is asked as the plugin's own error is, and its
    /// source is that one's.
    #[must_use]
    pub(crate) fn in_plugin(self, name: &str, subject: String) -> Self {
        Self::new(Kind::Plugin(InPlugin { plugin: name.to_owned(), subject, reason: self }))
    }

    /// All that went wrong where one failure did not keep the rest from being done; one alone is itself.
    pub(crate) fn several(mut errors: Vec<Self>) -> Self {
        match errors.pop() {
            Some(only) if errors.is_empty() => only,
            last => {
                errors.extend(last);
                Self::new(Kind::Several(errors))
            }
        }
    }

    /// The errors of [`several`](Self::several), or this one.
    pub(crate) fn into_all(self) -> Vec<Self> {
        match *self.0 {
            Kind::Several(errors) => errors,
            kind => vec![Self::new(kind)],
        }
    }

    /// What a server answered.
    #[must_use]
    pub fn database(error: DatabaseError) -> Self {
        Self::new(Kind::Database(error))
    }

    /// True where the dialect lacks what the query needs; [`as_unsupported`](Self::as_unsupported) says what.
    #[must_use]
    pub fn is_unsupported(&self) -> bool {
        self.as_unsupported().is_some()
    }

    /// True where the query itself is wrong, on every server.
    #[must_use]
    pub fn is_invalid(&self) -> bool {
        matches!(self.kind(), Kind::Invalid(_))
    }

    /// True where a row was demanded and there is none.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self.kind(), Kind::NotFound)
    }

    /// True where a column is missing, has the name of another, or does not fit the Rust type that reads it.
    #[must_use]
    pub fn is_decode(&self) -> bool {
        matches!(self.kind(), Kind::Decode { .. } | Kind::MissingColumn { .. } | Kind::AmbiguousColumn { .. })
    }

    /// True where a parameter does not fit the server's type for it.
    #[must_use]
    pub fn is_encode(&self) -> bool {
        matches!(self.kind(), Kind::Encode { .. })
    }

    /// True where no connection could be opened.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        matches!(self.kind(), Kind::Connect { .. })
    }

    /// True where all connections of the pool stayed taken for too long.
    #[must_use]
    pub fn is_pool_timeout(&self) -> bool {
        matches!(self.kind(), Kind::PoolTimeout { .. })
    }

    /// True where the pool, the connection or the transaction is closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        matches!(self.kind(), Kind::Closed(_)) || self.is(DatabaseErrorKind::ConnectionLost)
    }

    /// True where a row that was to be changed is not as it was when that was decided.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self.kind(), Kind::Conflict(_))
    }

    /// True where a unique or primary key is taken already.
    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        self.is(DatabaseErrorKind::UniqueViolation)
    }

    /// True where a row refers to one that is not there, or is referred to by one that is.
    #[must_use]
    pub fn is_foreign_key_violation(&self) -> bool {
        self.is(DatabaseErrorKind::ForeignKeyViolation)
    }

    /// True where a column that must hold something got nothing.
    #[must_use]
    pub fn is_not_null_violation(&self) -> bool {
        self.is(DatabaseErrorKind::NotNullViolation)
    }

    /// True where a `check` constraint said no.
    #[must_use]
    pub fn is_check_violation(&self) -> bool {
        self.is(DatabaseErrorKind::CheckViolation)
    }

    /// True where a value does not fit its column: too long, out of range, or not of its form.
    #[must_use]
    pub fn is_invalid_value(&self) -> bool {
        self.is(DatabaseErrorKind::InvalidValue)
    }

    /// True where the transaction lost against another one (a deadlock included) and can be tried again as a whole.
    #[must_use]
    pub fn is_serialization_failure(&self) -> bool {
        self.is(DatabaseErrorKind::SerializationFailure) || self.is(DatabaseErrorKind::Deadlock)
    }

    /// True where a lock was not to be had in time.
    #[must_use]
    pub fn is_lock_timeout(&self) -> bool {
        self.is(DatabaseErrorKind::LockTimeout)
    }

    /// All that went wrong, in the order in which it did: several errors of [`Db::close`](crate::Db::close), or this one.
    #[must_use]
    pub fn all(&self) -> &[Self] {
        match &*self.0 {
            Kind::Several(errors) => errors,
            _ => std::slice::from_ref(self),
        }
    }

    /// What the dialect lacks, where that is the error.
    #[must_use]
    pub fn as_unsupported(&self) -> Option<&Unsupported> {
        match self.kind() {
            Kind::Unsupported(it) => Some(it),
            _ => None,
        }
    }

    /// What the server answered, where that is the error.
    #[must_use]
    pub fn as_database(&self) -> Option<&DatabaseError> {
        match self.kind() {
            Kind::Database(it) => Some(it),
            _ => None,
        }
    }

    fn kind(&self) -> &Kind {
        match &*self.0 {
            Kind::Plugin(InPlugin { plugin: _, subject: _, reason }) => reason.kind(),
            kind => kind,
        }
    }

    fn is(&self, kind: DatabaseErrorKind) -> bool {
        self.as_database().is_some_and(|it| it.kind == kind)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Unsupported> for Error {
    fn from(it: Unsupported) -> Self {
        Self::unsupported(it)
    }
}

/// What a query needs and a dialect does not have, found before anything is sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{dialect} has no {feature}; {hint}")]
#[non_exhaustive]
pub struct Unsupported {
    /// The dialect's name, as in `MySQL`.
    pub dialect: &'static str,
    /// What is missing, as in `` `returning` on `update` ``.
    pub feature: &'static str,
    /// The way out, as in ``read the row back by its key``.
    pub hint: &'static str,
}

impl Unsupported {
    /// Says that `dialect` has no `feature`, and what to do instead.
    #[must_use]
    pub const fn new(dialect: &'static str, feature: &'static str, hint: &'static str) -> Self {
        Self { dialect, feature, hint }
    }
}

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
/// A plugin's own error, and what it is about.
#[derive(Debug)]
struct InPlugin {
    plugin: String,
    subject: String,
    reason: Error,
}

impl fmt::Display for InPlugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { plugin, subject, reason } = self;
        write!(f, "the plugin `{plugin}` refused {subject}: {reason}")
    }
}

/// The reason is told already: who writes down a chain of errors would write it twice. What is behind it is not.
impl std::error::Error for InPlugin {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.reason.source()
    }
}

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
