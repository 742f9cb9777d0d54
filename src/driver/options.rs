//! What a pool is opened with.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use crate::error::{Error, Result};

/// Whether a connection is encrypted (feature `tls-rustls`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsMode {
    /// Never.
    Disable,
    /// Where the server offers it, without checking who it is (the default, as in libpq).
    #[default]
    Prefer,
    /// Always, without checking who the server is; where a file of certificates is given, one of them must vouch for the
    /// server, on PostgreSQL whatever its name (as in libpq), on MySQL and MariaDB as in [`VerifyFull`](Self::VerifyFull).
    Require,
    /// Always, and the server's certificate must be valid for its name.
    VerifyFull,
}

/// Where the work on a SQLite connection is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SqliteMode {
    /// On a thread of its own, so that the async runtime is never blocked.
    #[default]
    Worker,
    /// On the thread that polls: no hop, and that thread is blocked for as long as a statement runs. A stream reads
    /// all its rows at its first poll.
    Inline,
}

/// What a pool is opened with: the URL, and limits.
///
/// | URL | database |
/// |---|---|
/// | `postgres://user:password@host:5432/database?sslmode=verify-full` | PostgreSQL |
/// | `mysql://user:password@host:3306/database` | MySQL |
/// | `mariadb://user:password@host:3306/database` | MariaDB |
/// | `sqlite:path/to/file.db`, `sqlite:///absolute/path`, `sqlite::memory:` | SQLite |
///
/// In a user and a password, `@ / ? # % \` are percent-encoded (`%40` and so on); a URL that has them as they are is
/// refused, since it could be read in several ways. `Debug` shows no password.
#[derive(Clone)]
pub struct ConnectOptions {
    pub(crate) url: String,
    pub(crate) max_connections: usize,
    pub(crate) idle_timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) acquire_timeout: Duration,
    pub(crate) tls: Option<TlsMode>,
    pub(crate) tls_ca: Option<PathBuf>,
    pub(crate) sqlite_mode: SqliteMode,
}

impl ConnectOptions {
    /// The defaults: 10 connections, idle ones closed after 30 s, 2 s to connect, 30 s to wait for a free one.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            max_connections: 10,
            idle_timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(2),
            acquire_timeout: Duration::from_secs(30),
            tls: None,
            tls_ca: None,
            sqlite_mode: SqliteMode::Worker,
        }
    }

    /// The most connections there may be; a pool for none is an error. On SQLite one of them writes and the others read.
    #[must_use]
    pub fn max_connections(self, max_connections: usize) -> Self {
        Self { max_connections, ..self }
    }

    /// How long a connection that nobody uses stays open.
    #[must_use]
    pub fn idle_timeout(self, idle_timeout: Duration) -> Self {
        Self { idle_timeout, ..self }
    }

    /// How long opening a connection may take.
    #[must_use]
    pub fn connect_timeout(self, connect_timeout: Duration) -> Self {
        Self { connect_timeout, ..self }
    }

    /// How long to wait for a free connection; where one is opened instead, [`connect_timeout`](Self::connect_timeout) is
    /// the limit of that.
    #[must_use]
    pub fn acquire_timeout(self, acquire_timeout: Duration) -> Self {
        Self { acquire_timeout, ..self }
    }

    /// Whether connections are encrypted; it wins over the URL.
    #[must_use]
    pub fn tls(self, tls: TlsMode) -> Self {
        Self { tls: Some(tls), ..self }
    }

    /// The file with the certificates (PEM) of those who may vouch for the server; it wins over the URL. One that cannot
    /// be read is an error, unless encryption is switched off.
    #[must_use]
    pub fn tls_ca(self, tls_ca: impl Into<PathBuf>) -> Self {
        Self { tls_ca: Some(tls_ca.into()), ..self }
    }

    /// Where the work on a SQLite connection is done.
    #[must_use]
    pub fn sqlite_mode(self, sqlite_mode: SqliteMode) -> Self {
        Self { sqlite_mode, ..self }
    }

    /// How many connections a pool has room for.
    #[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
    pub(super) fn room(&self) -> Result<usize> {
        match self.max_connections {
            0 => Err(Error::invalid("a pool without connections; set `max_connections` to 1 or more")),
            room => Ok(room),
        }
    }

    /// The part of the URL before the first colon; nothing where that is no scheme, since what is written in another
    /// form than a URL may have a password there.
    #[must_use]
    pub fn scheme(&self) -> &str {
        let is_scheme = |it: &str| {
            it.starts_with(|first: char| first.is_ascii_alphabetic())
                && it.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        };
        self.url.split_once(':').map(|(scheme, _)| scheme).filter(|it| is_scheme(it)).unwrap_or_default()
    }

    /// The URL of a server, `scheme://user:password@host:port/database`, in its parts.
    ///
    /// # Errors
    ///
    /// Where it is no such URL, or does not tell where the password ends. The message repeats nothing of it.
    pub fn parse(&self) -> Result<Url> {
        self.check()?;
        Url::parse(&self.url).map_err(|error| Error::invalid(format!("the database URL cannot be read: {error}")))
    }

    /// Refuses a URL that can be read in several ways.
    ///
    /// A password with an unescaped `@`, `/`, `?` or `#` ends there for one parser and goes on for the next; what is
    /// left of it would be taken for a host, looked up, and told in errors.
    pub(super) fn check(&self) -> Result<()> {
        let scheme = self.scheme();
        let Some(rest) = self.url[scheme.len()..].strip_prefix("://").filter(|_| !scheme.is_empty()) else {
            return Err(Error::invalid(
                "the database URL cannot be read; it is written `scheme://user:password@host:port/database`",
            ));
        };
        if rest.contains(|it: char| it.is_control()) {
            return Err(Error::invalid("the database URL holds a control character; write it as `%` and two digits"));
        }
        let (user, host) = rest.split_once('@').unwrap_or(("", rest));
        let escapes = user.split('%').skip(1);
        let is_escape = |it: &str| it.get(..2).is_some_and(|it| it.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if host.contains('@') || user.contains(['/', '?', '#', '\\']) || !escapes.into_iter().all(is_escape) {
            return Err(Error::invalid(
                "the database URL cannot be read; in a user and a password, and after the host, write `@` as %40, and \
                 in a user and a password `/` as %2F, `?` as %3F, `#` as %23, `\\` as %5C and `%` as %25",
            ));
        }
        Ok(())
    }
}

impl fmt::Debug for ConnectOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectOptions")
            .field("scheme", &self.scheme())
            .field("max_connections", &self.max_connections)
            .field("idle_timeout", &self.idle_timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("acquire_timeout", &self.acquire_timeout)
            .field("tls", &self.tls)
            .field("tls_ca", &self.tls_ca)
            .field("sqlite_mode", &self.sqlite_mode)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_those_that_are_documented() {
        let ConnectOptions {
            url,
            max_connections,
            idle_timeout,
            connect_timeout,
            acquire_timeout,
            tls,
            tls_ca,
            sqlite_mode,
        } = ConnectOptions::new("sqlite::memory:");
        assert_eq!((url.as_str(), max_connections), ("sqlite::memory:", 10));
        let limits = [idle_timeout, connect_timeout, acquire_timeout];
        assert_eq!(limits, [30, 2, 30].map(Duration::from_secs));
        assert_eq!((tls, tls_ca, sqlite_mode), (None, None, SqliteMode::Worker));
        assert_eq!(TlsMode::default(), TlsMode::Prefer);
    }

    #[test]
    fn debug_shows_the_limits_and_no_password() {
        let options = ConnectOptions::new("postgres://ann:secret@h/d?password=secret").max_connections(7);
        for text in [format!("{options:?}"), format!("{options:#?}")] {
            assert!(text.contains("postgres") && text.contains('7'), "{text}");
            assert!(!text.contains("secret") && !text.contains("ann"), "{text}");
        }
    }

    #[test]
    fn what_is_no_url_is_not_repeated() {
        let error = ConnectOptions::new("postgres://ann:secret@h:port/d").parse().unwrap_err();
        assert!(error.is_invalid());
        assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    }

    #[test]
    fn a_url_that_could_be_read_in_several_ways_is_refused_without_repeating_it() {
        for hostile in ["HUN@TER2", "HUN/TER2", "HUN?TER2", "HUN#TER2", "HUN%TER2", "HUN%2", "HUN\\TER2", "HUN\tTER2"] {
            for url in [format!("postgres://user:{hostile}@h:1/db"), format!("mysql://{hostile}@h")] {
                let options = ConnectOptions::new(&url);
                let error = options.check().unwrap_err();
                assert!(error.is_invalid() && options.parse().is_err(), "{url}");
                for shown in [error.to_string(), format!("{error:?}"), format!("{options:?}")] {
                    assert!(!shown.contains("HUN") && !shown.contains("TER"), "{shown}");
                }
            }
        }
        for other in ["mysql:u:HUNTER2@h", "host=h password=HUNTER2:x", "HUNTER2@h:1/db", "password=HUNTER2", ""] {
            let options = ConnectOptions::new(other);
            let error = options.check().unwrap_err();
            assert!(!format!("{error} {error:?} {options:?}").contains("HUN"), "{error:?}");
        }
    }

    #[test]
    fn a_url_that_can_be_read_in_one_way_is_taken() {
        for url in [
            "postgres://u:p%40%2F%3F%23%25@h1:1,[::1]:2/d?options=-c%20a=b",
            "postgresql:///d?host=/tmp",
            "mysql://u:a:b, c&d=e!$'()*;[]@h/d%40",
            "mariadb://h",
        ] {
            assert!(ConnectOptions::new(url).check().is_ok(), "{url}");
        }
    }
}
