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
    /// Always, without checking who the server is.
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
/// `Debug` shows no password.
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

    /// The most connections there may be.
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

    /// How long to wait for a free connection.
    #[must_use]
    pub fn acquire_timeout(self, acquire_timeout: Duration) -> Self {
        Self { acquire_timeout, ..self }
    }

    /// Whether connections are encrypted; it wins over the URL.
    #[must_use]
    pub fn tls(self, tls: TlsMode) -> Self {
        Self { tls: Some(tls), ..self }
    }

    /// The file with the certificates (PEM) of those who may vouch for the server; it wins over the URL.
    #[must_use]
    pub fn tls_ca(self, tls_ca: impl Into<PathBuf>) -> Self {
        Self { tls_ca: Some(tls_ca.into()), ..self }
    }

    /// Where the work on a SQLite connection is done.
    #[must_use]
    pub fn sqlite_mode(self, sqlite_mode: SqliteMode) -> Self {
        Self { sqlite_mode, ..self }
    }

    /// The part of the URL before the first colon.
    #[must_use]
    pub fn scheme(&self) -> &str {
        self.url.split_once(':').map_or("", |(scheme, _)| scheme)
    }

    /// The URL in its parts.
    ///
    /// # Errors
    ///
    /// Where it is no URL; the message does not repeat it, since it may hold a password.
    pub fn parse(&self) -> Result<Url> {
        Url::parse(&self.url).map_err(|error| Error::invalid(format!("the database URL cannot be read: {error}")))
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
}
