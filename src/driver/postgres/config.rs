//! What a URL and the options beside it say.

use std::borrow::Cow;
use std::path::PathBuf;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use super::tls::{Tls, Trust};
use crate::driver::{ConnectOptions, TlsMode};
use crate::error::{Error, Result};

/// What every session speaks, whatever the server or the user's `options` say. Startup options are what `reset all`
/// goes back to.
const SESSION: &str = "-c TimeZone=UTC -c DateStyle=ISO";

/// How connections are opened.
pub(super) struct Settings {
    pub(super) config: Config,
    pub(super) tls: Tls,
    /// The hosts and ports, for messages.
    pub(super) target: String,
    /// How long it may take to open one, over all hosts.
    pub(super) timeout: Duration,
}

/// Reads the URL and lays the options over it.
pub(super) fn read(options: &ConnectOptions) -> Result<Settings> {
    options.check()?;
    if !matches!(options.scheme(), "postgres" | "postgresql") {
        // `tokio-postgres` would read it as `key=value`, and repeat it where it is not.
        return Err(Error::invalid("the URL of a PostgreSQL database begins with `postgres://` or `postgresql://`"));
    }
    let (url, parameters) = split(&options.url)?;
    let mut config: Config = url.parse().map_err(unreadable)?;
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        config.host("localhost");
    }
    let hosts = config.get_hosts().len().max(config.get_hostaddrs().len()).max(1);
    let each = config.get_connect_timeout().copied().unwrap_or(options.connect_timeout);
    config.connect_timeout(each);
    config.options(match config.get_options() {
        Some(own) => format!("{own} {SESSION}"),
        None => SESSION.to_owned(),
    });
    if config.get_application_name().is_none() {
        config.application_name("kysera");
    }

    let authorities = options.tls_ca.clone().or(parameters.authorities);
    let (mode, trust) = match (options.tls, parameters.tls) {
        (Some(mode), _) => modes(mode),
        (None, Some(modes)) => modes,
        (None, None) => modes(TlsMode::default()),
    };
    // Nobody listens in on a socket in the file system, and its server has no name to be checked.
    let mode = if only_local(&config) { SslMode::Disable } else { mode };
    config.ssl_mode(mode);
    let tls = Tls::new(mode, trust, authorities)?;

    let timeout = each.saturating_mul(u32::try_from(hosts).unwrap_or(u32::MAX));
    Ok(Settings { target: target(&config), config, tls, timeout })
}

/// The parameters of a URL that `tokio-postgres` does not know.
#[derive(Default)]
struct Parameters {
    tls: Option<(SslMode, Trust)>,
    authorities: Option<PathBuf>,
}

/// Takes those parameters out of the URL.
fn split(url: &str) -> Result<(String, Parameters)> {
    let mut parameters = Parameters::default();
    let Some((base, query)) = url.split_once('?') else { return Ok((url.to_owned(), parameters)) };
    let mut rest = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value: Cow<'_, str> = percent_decode_str(value)
            .decode_utf8()
            .map_err(|_| Error::invalid(format!("the database URL's parameter `{name}` is not UTF-8")))?;
        match name {
            "sslmode" => parameters.tls = Some(ssl_mode(&value)?),
            "sslrootcert" if value == "system" => parameters.authorities = None,
            "sslrootcert" => parameters.authorities = Some(PathBuf::from(&*value)),
            _ => rest.push(pair),
        }
    }
    let url = if rest.is_empty() { base.to_owned() } else { format!("{base}?{}", rest.join("&")) };
    Ok((url, parameters))
}

fn ssl_mode(value: &str) -> Result<(SslMode, Trust)> {
    match value {
        "disable" => Ok(modes(TlsMode::Disable)),
        "prefer" => Ok(modes(TlsMode::Prefer)),
        "require" => Ok(modes(TlsMode::Require)),
        "verify-ca" => Ok((SslMode::Require, Trust::Authority)),
        "verify-full" => Ok(modes(TlsMode::VerifyFull)),
        _ => Err(Error::invalid(
            "the database URL's `sslmode` is unknown; known are disable, prefer, require, verify-ca and verify-full",
        )),
    }
}

fn modes(mode: TlsMode) -> (SslMode, Trust) {
    match mode {
        TlsMode::Disable => (SslMode::Disable, Trust::Anyone),
        TlsMode::Prefer => (SslMode::Prefer, Trust::Anyone),
        TlsMode::Require => (SslMode::Require, Trust::Anyone),
        TlsMode::VerifyFull => (SslMode::Require, Trust::Name),
    }
}

fn only_local(config: &Config) -> bool {
    config.get_hostaddrs().is_empty() && config.get_hosts().iter().all(|host| !matches!(host, Host::Tcp(_)))
}

/// `host:5432`, or several of them.
fn target(config: &Config) -> String {
    let names: Vec<String> = match config.get_hosts() {
        [] => config.get_hostaddrs().iter().map(ToString::to_string).collect(),
        hosts => hosts
            .iter()
            .map(|host| match host {
                Host::Tcp(name) => name.clone(),
                #[cfg(unix)]
                Host::Unix(path) => path.display().to_string(),
            })
            .collect(),
    };
    let ports = config.get_ports();
    let targets = names.into_iter().enumerate().map(|(at, name)| {
        let port = ports.get(at).or(ports.first()).copied().unwrap_or(5432);
        if name.contains(':') { format!("[{name}]:{port}") } else { format!("{name}:{port}") }
    });
    targets.collect::<Vec<_>>().join(", ")
}

/// The parser's words name options and never values.
fn unreadable(error: tokio_postgres::Error) -> Error {
    Error::invalid(format!("the database URL cannot be read: {}", super::error::chain(&error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_url(url: &str) -> Result<Settings> {
        read(&ConnectOptions::new(url))
    }

    #[test]
    fn a_url_is_read_as_libpq_reads_it() {
        let settings =
            read_url("postgres://u%40x:p%3Fw%3F@h1:1,h2:2/d?application_name=a%20b&sslmode=disable").unwrap();
        assert_eq!(settings.target, "h1:1, h2:2");
        assert_eq!(settings.config.get_user(), Some("u@x"));
        assert_eq!(settings.config.get_password(), Some(&b"p?w?"[..]));
        assert_eq!(settings.config.get_dbname(), Some("d"));
        assert_eq!(settings.config.get_application_name(), Some("a b"));
        assert_eq!(settings.config.get_ssl_mode(), SslMode::Disable);
        assert_eq!(settings.timeout, Duration::from_secs(4));
    }

    #[test]
    fn what_is_left_out_has_a_default() {
        let settings = read_url("postgres:///d?options=-c%20statement_timeout%3D5s").unwrap();
        assert_eq!(settings.target, "localhost:5432");
        assert_eq!(settings.config.get_application_name(), Some("kysera"));
        assert_eq!(settings.config.get_options(), Some("-c statement_timeout=5s -c TimeZone=UTC -c DateStyle=ISO"));
        assert_eq!(settings.config.get_ssl_mode(), SslMode::Prefer);
    }

    #[test]
    fn what_is_unknown_is_named_and_no_password_with_it() {
        for (url, named) in [
            ("postgres://u:secret@h/d?sslmode=maybe", "sslmode"),
            ("postgres://u:secret@h/d?color=red", "color"),
            ("postgres://u:secret@h:port/d", "port"),
        ] {
            let message = read_url(url).map(|_| ()).unwrap_err().to_string();
            assert!(message.contains(named) && !message.contains("secret"), "{message}");
        }
    }

    #[test]
    fn a_socket_in_the_file_system_is_not_encrypted() {
        let settings = read_url("postgres://u@%2Frun%2Fpostgresql/d?sslmode=require").unwrap();
        assert_eq!(settings.config.get_ssl_mode(), SslMode::Disable);
        assert_eq!(settings.target, "/run/postgresql:5432");
    }
}
