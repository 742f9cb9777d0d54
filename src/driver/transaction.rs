//! How a transaction is started.

/// What a transaction sees of others that run beside it, from the least to the most strict.
///
/// Each server gives at least what is asked for: PostgreSQL reads committed data where
/// [`ReadUncommitted`](Self::ReadUncommitted) is asked for, SQLite is always [`Serializable`](Self::Serializable).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Isolation {
    /// `read uncommitted`
    ReadUncommitted,
    /// `read committed`
    ReadCommitted,
    /// `repeatable read`
    RepeatableRead,
    /// `serializable`
    Serializable,
}

impl Isolation {
    /// The level in SQL's words.
    #[must_use]
    pub const fn sql(self) -> &'static str {
        match self {
            Self::ReadUncommitted => "read uncommitted",
            Self::ReadCommitted => "read committed",
            Self::RepeatableRead => "repeatable read",
            Self::Serializable => "serializable",
        }
    }
}

/// How a transaction is started; nothing set is the server's default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransactionOptions {
    /// What it sees of others.
    pub isolation: Option<Isolation>,
    /// True for a transaction that may not write.
    pub read_only: bool,
}
