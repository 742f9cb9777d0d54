//! What a URL names: a file and how it is opened, or memory.

use std::path::PathBuf;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use url::form_urlencoded;

use crate::error::{Error, Result};

/// A database, and how to open it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Location {
    /// The file; `None` is memory.
    pub(super) file: Option<PathBuf>,
    pub(super) mode: Mode,
    /// How long to wait for a lock.
    pub(super) busy_timeout: Duration,
}

/// What may be done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Only read it.
    Read,
    /// Read and write it.
    Write,
    /// Make it where there is none, read and write it.
    Create,
}

impl Location {
    /// Reads `sqlite:path?parameters`.
    pub(super) fn parse(url: &str) -> Result<Self> {
        let rest = url.strip_prefix("sqlite:").unwrap_or(url);
        let (path, parameters) = rest.split_once('?').unwrap_or((rest, ""));
        let path = path.strip_prefix("//").unwrap_or(path);
        let file = match path {
            "" => {
                return Err(Error::invalid(
                    "the URL names no file; write `sqlite:path/to/file.db` or `sqlite::memory:`",
                ));
            }
            ":memory:" => None,
            // SQLite would take it for a URL of its own kind, with other parameters.
            path if path.starts_with("file:") => {
                return Err(Error::invalid("write the path itself after `sqlite:`, without `file:`"));
            }
            path => Some(decode(path)?),
        };
        let mut location = Self { file, mode: Mode::Create, busy_timeout: Duration::from_secs(5) };
        for (name, value) in form_urlencoded::parse(parameters.as_bytes()) {
            match (&*name, &*value) {
                ("mode", "ro") => location.mode = Mode::Read,
                ("mode", "rw") => location.mode = Mode::Write,
                ("mode", "rwc") => location.mode = Mode::Create,
                ("mode", _) => return Err(Error::invalid("`mode` of a `sqlite:` URL is `ro`, `rw` or `rwc`")),
                ("busy_timeout", millis) => location.busy_timeout = milliseconds(millis)?,
                (other, _) => {
                    return Err(Error::invalid(format!(
                        "a `sqlite:` URL has no parameter `{other}`; known are `mode` and `busy_timeout`"
                    )));
                }
            }
        }
        if location.file.is_none() && location.mode == Mode::Read {
            return Err(Error::invalid("a database in memory that is only read would always be empty"));
        }
        Ok(location)
    }

    /// What errors call it.
    pub(super) fn describe(&self) -> String {
        self.file.as_ref().map_or_else(|| ":memory:".into(), |file| file.display().to_string())
    }
}

fn decode(path: &str) -> Result<PathBuf> {
    let text = percent_decode_str(path)
        .decode_utf8()
        .map_err(|_| Error::invalid("the path of a `sqlite:` URL is not UTF-8 once it is percent-decoded"))?;
    if text.contains('\0') {
        return Err(Error::invalid("the path of a `sqlite:` URL holds NUL"));
    }
    Ok(PathBuf::from(text.as_ref()))
}

fn milliseconds(text: &str) -> Result<Duration> {
    text.parse()
        .map(Duration::from_millis)
        .map_err(|_| Error::invalid("`busy_timeout` of a `sqlite:` URL is a number of milliseconds"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read() {
        for (url, path) in [
            ("sqlite:data.db", "data.db"),
            ("sqlite://data.db", "data.db"),
            ("sqlite:/abs/data.db", "/abs/data.db"),
            ("sqlite:///abs/data.db", "/abs/data.db"),
            ("sqlite:a%20b%3Fc%23%25.db?mode=rw", "a b?c#%.db"),
        ] {
            assert_eq!(Location::parse(url).unwrap().file, Some(PathBuf::from(path)), "{url}");
        }
        for url in ["sqlite::memory:", "sqlite://:memory:"] {
            assert_eq!(Location::parse(url).unwrap().file, None, "{url}");
        }
    }

    #[test]
    fn parameters_are_read() {
        let location = Location::parse("sqlite:x?mode=ro&busy_timeout=250").unwrap();
        assert_eq!((location.mode, location.busy_timeout), (Mode::Read, Duration::from_millis(250)));
        let location = Location::parse("sqlite:x").unwrap();
        assert_eq!((location.mode, location.busy_timeout), (Mode::Create, Duration::from_secs(5)));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for url in [
            "sqlite:",
            "sqlite://",
            "sqlite:?mode=ro",
            "sqlite:file:x?cache=shared",
            "sqlite:x?mode=memory",
            "sqlite:x?cache=shared",
            "sqlite:x?busy_timeout=-1",
            "sqlite:%ff",
            "sqlite:a%00b",
            "sqlite::memory:?mode=ro",
        ] {
            assert!(Location::parse(url).unwrap_err().is_invalid(), "{url}");
        }
    }
}
