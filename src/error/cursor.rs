//! What can be wrong with a cursor that a client sends.

/// Why a cursor is refused. None of the words holds a value, a part of the cursor or a part of a secret, so they may be
/// answered to the client as they are.
///
/// ```
/// use kysera::error::CursorFault;
///
/// let fault = CursorFault::Column("created_at".to_owned());
/// assert_eq!(fault.to_string(), "the cursor holds a value that does not fit the column `created_at`");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CursorFault {
    /// It is none at all: empty, cut off, or of other letters.
    #[error("the cursor is malformed; send it as it was given, or begin at the first page")]
    Malformed,
    /// It is longer than any that is made.
    #[error("the cursor is too long; send it as it was given, or begin at the first page")]
    TooLong,
    /// It is of a version that this one does not read.
    #[error("the cursor is of another version; begin at the first page")]
    Version,
    /// It is not signed, where it must be signed or encrypted.
    #[error("the cursor is not signed; begin at the first page")]
    Unsigned,
    /// It is signed or encrypted, where something else is expected.
    #[error("the cursor is not protected in the way that is expected; begin at the first page")]
    Protected,
    /// It was made with a key that is not, or no longer, among those that are accepted.
    #[error("the cursor was made with a key that is not accepted; begin at the first page")]
    UnknownKey,
    /// It was changed, or made with another secret.
    #[error("the cursor was changed after it was made, or made with another secret; begin at the first page")]
    Tampered,
    /// Its time is over.
    #[error("the cursor has expired; begin at the first page")]
    Expired,
    /// It is of a query with other filters, in another order, or of another scope.
    #[error("the cursor is of another query; begin at the first page")]
    OtherQuery,
    /// It holds a value that is not of the type of this column.
    #[error("the cursor holds a value that does not fit the column `{0}`")]
    Column(String),
}
