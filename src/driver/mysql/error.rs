//! What the servers' error numbers mean.
//!
//! The session speaks English (`lc_messages`), so that names can be taken out of messages; yet a message may hold
//! values that somebody chose, so only those tokens are believed that no value can stand in for.

use mysql_async::ServerError;

use crate::error::{DatabaseError, DatabaseErrorKind, Error};

/// The number that MySQL's own client library gives to a connection that broke.
const SERVER_LOST: &str = "2013";

/// Why an operation failed, before the server's flavour is known to whoever reports it.
#[derive(Debug)]
pub(super) enum Failure {
    /// The server or `mysql_async` said no.
    Driver(mysql_async::Error),
    /// The same, where no values had been sent.
    Text(mysql_async::Error),
    /// We did.
    Own(Error),
}

impl From<mysql_async::Error> for Failure {
    fn from(error: mysql_async::Error) -> Self {
        Self::Driver(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Own(error)
    }
}

impl Failure {
    /// The error to report; a MySQL server (unlike MariaDB) puts the table before a key's name.
    pub(super) fn into_error(self, is_mariadb: bool) -> Error {
        let (error, is_about_text) = match self {
            Self::Own(error) => return error,
            Self::Driver(error) => (error, false),
            Self::Text(error) => (error, true),
        };
        match error {
            mysql_async::Error::Server(error) => {
                let answer = classify(error, is_mariadb);
                Error::database(if is_about_text { answer.about_text() } else { answer })
            }
            mysql_async::Error::Driver(
                error @ (mysql_async::DriverError::MixedParams | mysql_async::DriverError::Params(_)),
            ) => Error::invalid(format!("a statement with a named parameter such as `:name`; use `?`: {error}")),
            error => Error::database(lost(error)),
        }
    }

    /// The same failure of a statement to which nothing was bound.
    pub(super) fn about_text(self) -> Self {
        match self {
            Self::Driver(error) => Self::Text(error),
            failure @ (Self::Text(_) | Self::Own(_)) => failure,
        }
    }
}

/// What ended the connection; each error that is not the server's answer does.
fn lost(error: mysql_async::Error) -> DatabaseError {
    DatabaseError::new(DatabaseErrorKind::ConnectionLost, SERVER_LOST, cause(&error)).with_source(error)
}

/// What a server's error means.
fn classify(error: ServerError, is_mariadb: bool) -> DatabaseError {
    let kind = kind(&error);
    let (constraint, table, columns) = names(&error, kind, is_mariadb);
    DatabaseError::new(kind, error.code.to_string(), error.message.as_str())
        .with_constraint(constraint)
        .with_table(table)
        .with_columns(columns)
        .with_source(mysql_async::Error::Server(error))
}

fn kind(error: &ServerError) -> DatabaseErrorKind {
    match error.code {
        1022 | 1062 | 1586 => DatabaseErrorKind::UniqueViolation,
        1216 | 1217 | 1451 | 1452 | 1557 | 1761 | 1762 => DatabaseErrorKind::ForeignKeyViolation,
        1048 | 1364 => DatabaseErrorKind::NotNullViolation,
        3819 => DatabaseErrorKind::CheckViolation,
        // MySQL has another use for this number.
        4025 if error.state == "23000" => DatabaseErrorKind::CheckViolation,
        1264 | 1265 | 1292 | 1366 | 1367 | 1406 | 1411 | 1690 | 3140 | 3141 | 3156 => DatabaseErrorKind::InvalidValue,
        // 1020: MariaDB, where another transaction wrote what this one had read; 3101: the same between the servers
        // of a MySQL group.
        1020 | 3101 => DatabaseErrorKind::SerializationFailure,
        1213 | 1614 => DatabaseErrorKind::Deadlock,
        1205 | 3572 => DatabaseErrorKind::LockTimeout,
        1317 | 1969 | 3024 => DatabaseErrorKind::Cancelled,
        1053 | 1152 | 1158..=1161 | 1927 | 2006 | 2013 | 4031 => DatabaseErrorKind::ConnectionLost,
        _ => DatabaseErrorKind::Other,
    }
}

type Names = (Option<String>, Option<String>, Vec<String>);

/// The constraint, table and columns in a message, as far as it tells them.
fn names(error: &ServerError, kind: DatabaseErrorKind, is_mariadb: bool) -> Names {
    let message = error.message.as_str();
    match kind {
        DatabaseErrorKind::UniqueViolation => match last_quoted(message) {
            Some(key) if is_mariadb => (Some(key.into()), None, Vec::new()),
            Some(key) => match key.split_once('.') {
                Some((table, key)) => (Some(key.into()), Some(table.into()), Vec::new()),
                None => (Some(key.into()), None, Vec::new()),
            },
            None => (None, None, Vec::new()),
        },
        // (`database`.`table`, CONSTRAINT `name` FOREIGN KEY ..)
        DatabaseErrorKind::ForeignKeyViolation => {
            let mut names = backticked(message).skip(1);
            let table = names.next();
            (names.next(), table, Vec::new())
        }
        DatabaseErrorKind::NotNullViolation => {
            let column = between(message, "Column '", "' cannot be null")
                .or_else(|| between(message, "Field '", "' doesn't have a default value"));
            (None, None, column.map(String::from).into_iter().collect())
        }
        // CONSTRAINT `name` failed for `database`.`table`
        DatabaseErrorKind::CheckViolation if is_mariadb => {
            let mut names = backticked(message);
            (names.next(), names.nth(1), Vec::new())
        }
        DatabaseErrorKind::CheckViolation => {
            (between(message, "Check constraint '", "' is violated.").map(String::from), None, Vec::new())
        }
        _ => (None, None, Vec::new()),
    }
}

/// The last token in quotes: `Duplicate entry 'a' for key 'b'` has the value first, and the value may hold quotes.
fn last_quoted(message: &str) -> Option<&str> {
    let quoted = &message[..message.rfind('\'')?];
    quoted.rfind(" '").map(|at| &quoted[at + 2..])
}

fn between<'m>(message: &'m str, before: &str, after: &str) -> Option<&'m str> {
    message.strip_prefix(before)?.strip_suffix(after)
}

/// The names in backticks, from left to right; a backtick within a name is doubled.
fn backticked(message: &str) -> impl Iterator<Item = String> {
    let mut rest = message;
    std::iter::from_fn(move || {
        let mut name = String::new();
        rest = rest.split_once('`')?.1;
        loop {
            let (part, after) = rest.split_once('`')?;
            name.push_str(part);
            match after.strip_prefix('`') {
                Some(after) => {
                    name.push('`');
                    rest = after;
                }
                None => {
                    rest = after;
                    return Some(name);
                }
            }
        }
    })
}

/// Why a connection could not be made, in one line and without what wraps it.
pub(super) fn cause(error: &mysql_async::Error) -> String {
    match error {
        mysql_async::Error::Server(error) => format!("{} ({})", error.message, error.code),
        mysql_async::Error::Io(mysql_async::IoError::Io(error)) => error.to_string(),
        // MySQL asks of a user that it does not know for a plugin all the same, so as not to tell; which one is chance.
        mysql_async::Error::Driver(error @ mysql_async::DriverError::UnknownAuthPlugin { .. }) => {
            format!("{error}; the user may not exist, or is one that proves itself in another way")
        }
        error => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(code: u16, state: &str, message: &str, is_mariadb: bool) -> DatabaseError {
        classify(ServerError { code, message: message.into(), state: state.into() }, is_mariadb)
    }

    #[test]
    fn a_user_who_may_not_exist_is_told() {
        let error = mysql_async::DriverError::UnknownAuthPlugin { name: "sha256_password".into() };
        let cause = cause(&mysql_async::Error::Driver(error));
        assert!(cause.contains("sha256_password") && cause.contains("the user may not exist"), "{cause}");
    }

    #[test]
    fn a_value_cannot_pose_as_a_constraint() {
        let message = "Duplicate entry 'a' for key 'zz.other' for key 't.t_u'";
        let error = server(1062, "23000", message, false);
        assert_eq!((error.constraint(), error.table()), (Some("t_u"), Some("t")));
        let error = server(1062, "23000", "Duplicate entry '1-1' for key 'ch_ac_uq'", true);
        assert_eq!((error.constraint(), error.table()), (Some("ch_ac_uq"), None));
        let error = server(1062, "23000", "Duplicate entry '1' for key 't.q'x'", false);
        assert_eq!(error.constraint(), Some("q'x"));
    }

    #[test]
    fn names_are_taken_out_of_messages() {
        let message = "Cannot add or update a child row: a foreign key constraint fails (`db`.`ch`, CONSTRAINT `n``x` \
                       FOREIGN KEY (`c`) REFERENCES `p` (`id`))";
        let error = server(1452, "23000", message, false);
        assert_eq!((error.constraint(), error.table()), (Some("n`x"), Some("ch")));
        let error = server(1452, "23000", "Cannot add or update a child row: a foreign key constraint fails", false);
        assert_eq!((error.constraint(), error.table()), (None, None));

        assert_eq!(server(1048, "23000", "Column 'b' cannot be null", false).columns(), ["b"]);
        assert_eq!(server(1364, "HY000", "Field 'b' doesn't have a default value", true).columns(), ["b"]);

        let error = server(3819, "HY000", "Check constraint 'x' is violated.", false);
        assert_eq!((error.kind(), error.constraint()), (DatabaseErrorKind::CheckViolation, Some("x")));
        let error = server(4025, "23000", "CONSTRAINT `x` failed for `db`.`t`", true);
        assert_eq!((error.constraint(), error.table()), (Some("x"), Some("t")));
    }
}
