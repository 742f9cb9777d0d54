//! Opening connections, and making a server stop what one of them does.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, DriverError, Opts, OptsBuilder};
use percent_encoding::percent_decode_str;

use super::error::cause;
use super::tls;
use crate::driver::{ConnectOptions, TlsMode};
use crate::error::{Error, Result};

/// What every session is set to, once when it is opened and again where it was reset.
///
/// - `lc_messages`: names are read out of messages, see `error.rs`, and numbers of rows, see `command.rs`.
/// - `group_concat_max_len`: the longest packet there may be; by default MySQL cuts `group_concat` at 1 KiB and
///   MariaDB `json_arrayagg` at 1 MiB, with a warning only.
/// - `max_recursive_iterations` and `cte_max_recursion_depth`: as many as there may be; after 1000 steps of a recursive
///   `with`, MariaDB would leave out the rest without a word, and MySQL would refuse. The first comment is read by MariaDB
///   only, and the second by MySQL.
/// - `sql_mode` is given as a whole, since modes that a server may have by default (`ANSI_QUOTES`,
///   `NO_BACKSLASH_ESCAPES`, `PIPES_AS_CONCAT`, `ORACLE`) change what statements mean. MariaDB is not asked for
///   `ONLY_FULL_GROUP_BY`: its check does not know that a primary key determines the other columns.
const SETUP: &str = "\
set names utf8mb4, autocommit = 1, time_zone = '+00:00', lc_messages = 'en_US', \
group_concat_max_len = 1073741824, \
/*M! max_recursive_iterations = 4294967295, *//*!80000 cte_max_recursion_depth = 4294967295, */\
sql_mode = concat('STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,\
NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO', \
if(version() like '%mariadb%', ',SIMULTANEOUS_ASSIGNMENT', ',ONLY_FULL_GROUP_BY'))";

/// Statements that each connection keeps prepared.
const PREPARED_STATEMENTS: usize = 256;

/// After so long without an answer, the operating system asks whether the other side is still there.
const KEEPALIVE: Duration = Duration::from_secs(60);

/// Which server it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Server {
    pub(super) is_mariadb: bool,
    pub(super) version: (u16, u16),
    /// How many bytes a message to it may have (`max_allowed_packet`); it hangs up on larger ones.
    pub(super) max_message: usize,
}

/// Opens connections to one database.
pub(super) struct Connector {
    opts: Opts,
    /// The same without TLS, where that is acceptable.
    plain: Option<Opts>,
    /// Host and port.
    target: String,
    timeout: Duration,
    server: OnceLock<Server>,
    /// Why the last attempt failed, if it did.
    last_failure: Mutex<Option<String>>,
}

impl Connector {
    pub(super) fn new(options: &ConnectOptions) -> Result<Arc<Self>> {
        let url = options.parse()?;
        let (tls_mode, tls_ca) = tls::wishes(options, &url)?;
        let host = url.host_str().filter(|host| !host.is_empty()).unwrap_or("localhost");
        let port = url.port().unwrap_or(3306);
        let database = decoded(url.path().trim_start_matches('/'))?;
        let plain = OptsBuilder::default()
            .ip_or_hostname(host.trim_matches(['[', ']']))
            .tcp_port(port)
            .tcp_keepalive(Some(KEEPALIVE))
            .prefer_socket(false)
            .user(decoded(url.username())?)
            .pass(url.password().map(decoded).transpose()?.flatten())
            .db_name(database)
            .stmt_cache_size(PREPARED_STATEMENTS)
            .setup(vec![SETUP]);
        let (opts, plain) = match tls::ssl_opts(tls_mode, tls_ca.as_deref())? {
            None => (plain, None),
            Some(ssl) if tls_mode == TlsMode::Prefer => (plain.clone().ssl_opts(ssl), Some(plain.into())),
            Some(ssl) => (plain.ssl_opts(ssl), None),
        };
        Ok(Arc::new(Self {
            opts: opts.into(),
            plain,
            target: format!("{host}:{port}"),
            timeout: options.connect_timeout,
            server: OnceLock::new(),
            last_failure: Mutex::default(),
        }))
    }

    /// Host and port.
    pub(super) fn target(&self) -> &str {
        &self.target
    }

    /// How long opening a connection may take.
    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Why the last attempt to open a connection failed, if it did.
    pub(super) fn last_failure(&self) -> Option<Error> {
        let failure = self.last_failure.lock().ok()?;
        failure.as_ref().map(|cause| Error::connect(self.target.as_str(), cause.as_str(), None))
    }

    /// Opens a connection whose session is set up.
    pub(super) async fn open(&self) -> Result<(Conn, Server)> {
        let opened = tokio::time::timeout(self.timeout, self.try_open()).await;
        let (cause, source) = match opened {
            Ok(Ok(opened)) => {
                self.remember(None);
                return Ok(opened);
            }
            Ok(Err(error)) => (cause(&error), Some(error.into())),
            Err(_) => (format!("no answer in {} ms", self.timeout.as_millis()), None),
        };
        self.remember(Some(cause.clone()));
        Err(Error::connect(self.target.as_str(), cause, source))
    }

    fn remember(&self, failure: Option<String>) {
        if let Ok(mut last_failure) = self.last_failure.lock() {
            *last_failure = failure;
        }
    }

    async fn try_open(&self) -> mysql_async::Result<(Conn, Server)> {
        let mut conn = match (Conn::new(self.opts.clone()).await, &self.plain) {
            (Err(mysql_async::Error::Driver(DriverError::NoClientSslFlagFromServer)), Some(plain)) => {
                Conn::new(plain.clone()).await?
            }
            (opened, _) => opened?,
        };
        let server = match self.server.get() {
            Some(server) => *server,
            None => {
                let row: Option<(String, u64)> = conn.query_first("select version(), @@max_allowed_packet").await?;
                let (version, max_message) = row.unwrap_or_default();
                *self.server.get_or_init(|| Server::new(&version, max_message))
            }
        };
        Ok((conn, server))
    }

    /// Stops the statement that runs on a connection, if one does, from another connection.
    ///
    /// Where that fails, the statement runs on; nobody can do more about it.
    pub(super) async fn kill_query(&self, connection: u32) {
        if let Ok((mut conn, _)) = self.open().await {
            let _ = tokio::time::timeout(self.timeout, conn.query_drop(format!("kill query {connection}"))).await;
        }
    }
}

impl Server {
    /// Reads a version such as `9.7.4` or `10.11.18-MariaDB-0+deb12u1`.
    fn new(version: &str, max_message: u64) -> Self {
        let mut numbers = version.split(|c: char| !c.is_ascii_digit()).map(|it| it.parse().unwrap_or(0));
        Self {
            is_mariadb: version.to_ascii_lowercase().contains("mariadb"),
            version: (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)),
            max_message: usize::try_from(max_message).unwrap_or(usize::MAX),
        }
    }
}

/// A part of a URL; nothing where it is empty.
fn decoded(part: &str) -> Result<Option<String>> {
    if part.is_empty() {
        return Ok(None);
    }
    match percent_decode_str(part).decode_utf8() {
        Ok(text) => Ok(Some(text.into_owned())),
        Err(_) => Err(Error::invalid("the database URL holds bytes that are no UTF-8")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        let read = |version| {
            let Server { is_mariadb, version, max_message: _ } = Server::new(version, 1);
            (is_mariadb, version)
        };
        assert_eq!(read("9.7.4"), (false, (9, 7)));
        assert_eq!(read("8.0.36-28.1"), (false, (8, 0)));
        assert_eq!(read("10.11.18-MariaDB-0+deb12u1"), (true, (10, 11)));
    }

    #[test]
    fn what_a_url_says_wrongly_is_told_without_its_password() {
        let refuse = |url: &str| match Connector::new(&ConnectOptions::new(url)) {
            Ok(_) => panic!("{url} was taken"),
            Err(error) => error.to_string(),
        };
        for url in
            ["mysql://u:secret@h/db?ssl-mode=maybe", "mysql://u:secret@h/db?sslmode=required", "mysql://u:secret@h:x"]
        {
            assert!(!refuse(url).contains("secret"));
        }
        assert!(refuse("mysql://h/?sslmode=required").contains("known are ssl-mode and ssl-ca"));
    }
}
