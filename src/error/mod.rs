//! What can go wrong, as one opaque type that is asked by predicates.

mod cursor;
mod database;

use std::borrow::Cow;
use std::fmt;

pub use self::cursor::CursorFault;
pub use self::database::{DatabaseError, DatabaseErrorKind};

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
    #[error(transparent)]
    Cursor(CursorFault),
    #[error("{0}")]
    BadRequest(Cow<'static, str>),
    #[cfg(feature = "encrypted-cursors")]
    #[error("the system gives no random bytes: {0}")]
    NoRandomness(#[source] Source),
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
    /// Given to a plugin by what it goes around.
    #[error(transparent)]
    PassedOn(Error),
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
    /// Cold, as are all that make errors, so that the compiler puts what does out of the way of what works.
    #[cold]
    fn new(kind: Kind) -> Self {
        Self(Box::new(kind))
    }

    /// A query that means nothing on any server, such as an `update` without assignments.
    #[cold]
    pub fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Invalid(message.into()))
    }

    /// A query that needs what the dialect does not have.
    #[must_use]
    #[cold]
    pub fn unsupported(unsupported: Unsupported) -> Self {
        Self::new(Kind::Unsupported(unsupported))
    }

    /// A cursor that a client sent and that is not one of this query, see [`CursorFault`].
    ///
    /// ```
    /// use kysera::Error;
    /// use kysera::error::CursorFault;
    ///
    /// let error = Error::bad_cursor(CursorFault::Expired);
    /// assert!(error.is_bad_request());
    /// assert_eq!(error.to_string(), "the cursor has expired; begin at the first page");
    /// ```
    #[must_use]
    pub fn bad_cursor(fault: CursorFault) -> Self {
        Self::new(Kind::Cursor(fault))
    }

    /// Something else that a client sent and that cannot be, such as a page of -1 rows.
    ///
    /// ```
    /// use kysera::Error;
    ///
    /// let error = Error::bad_request("a page cannot have -1 rows");
    /// assert!(error.is_bad_request() && error.as_cursor_fault().is_none());
    /// ```
    pub fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::BadRequest(message.into()))
    }

    /// The system's source of random bytes failed, so that there is nothing to encrypt with.
    #[cfg(feature = "encrypted-cursors")]
    pub(crate) fn no_randomness(source: impl Into<Source>) -> Self {
        Self::new(Kind::NoRandomness(source.into()))
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

    /// The same as it is given to a plugin that goes around what failed, which is known again when the plugin gives it back.
    pub(crate) fn passed_on(self) -> Self {
        Self::new(Kind::PassedOn(self))
    }

    /// What was [passed on](Self::passed_on).
    ///
    /// # Errors
    ///
    /// The error itself, where it was not.
    pub(crate) fn taken_back(self) -> Result<Self> {
        match *self.0 {
            Kind::PassedOn(error) => Ok(error),
            kind => Err(Self::new(kind)),
        }
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
            Kind::PassedOn(error) => error.into_all(),
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

    /// True where what a client sent is wrong, and not the program: a cursor, of which
    /// [`as_cursor_fault`](Self::as_cursor_fault) says more, or a number of rows. In HTTP, that is status 400.
    #[must_use]
    pub fn is_bad_request(&self) -> bool {
        matches!(self.kind(), Kind::Cursor(_) | Kind::BadRequest(_))
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
            Kind::PassedOn(error) => error.all(),
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

    /// What is wrong with the cursor, where that is the error.
    #[must_use]
    pub fn as_cursor_fault(&self) -> Option<&CursorFault> {
        match self.kind() {
            Kind::Cursor(it) => Some(it),
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
            Kind::PassedOn(error) => error.kind(),
            kind => kind,
        }
    }

    fn is(&self, kind: DatabaseErrorKind) -> bool {
        self.as_database().is_some_and(|it| it.kind() == kind)
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

impl From<CursorFault> for Error {
    fn from(it: CursorFault) -> Self {
        Self::bad_cursor(it)
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
