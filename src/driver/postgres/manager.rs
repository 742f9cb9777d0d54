//! How a connection is opened, and whether it may be handed out again.

use std::sync::{Mutex, PoisonError};

use deadpool::managed::{self, Metrics, Object, RecycleError, RecycleResult};
use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use tokio::time::timeout;
use tokio_postgres::Config;

use super::address::{self, Address};
use super::config::Settings;
use super::error;
use super::session::Session;
use super::tls::{Opened, Tls};
use crate::error::{Error, Source};

/// A session that goes back to its pool when it is dropped.
pub(super) type Pooled = Object<Manager>;

/// Opens connections.
pub(super) struct Manager {
    settings: Settings,
    last_failure: Mutex<Option<String>>,
    left: Notify,
}

impl Manager {
    pub(super) fn new(settings: Settings) -> Self {
        Self { settings, last_failure: Mutex::new(None), left: Notify::new() }
    }

    /// The hosts and ports.
    pub(super) fn target(&self) -> &str {
        &self.settings.target
    }

    /// Why the last connection could not be opened, if it could not.
    pub(super) fn last_failure(&self) -> Option<String> {
        self.last_failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until a connection has left the pool for good.
    pub(super) fn left(&self) -> Notified<'_> {
        self.left.notified()
    }
}

impl managed::Manager for Manager {
    type Type = Session;
    type Error = Error;

    async fn create(&self) -> Result<Session, Error> {
        let Settings { config, tls, target, timeout: limit } = &self.settings;
        let opened = match timeout(*limit, open(config, tls)).await {
            Ok(Ok((opened, address))) => Ok(Session::new(opened, tls.clone(), address)),
            Ok(Err((cause, source))) => Err(Error::connect(target, cause, source)),
            Err(_) => Err(Error::connect(target, format!("no answer in {} ms", limit.as_millis()), None)),
        };
        *self.last_failure.lock().unwrap_or_else(PoisonError::into_inner) =
            opened.as_ref().err().map(ToString::to_string);
        opened
    }

    /// The one gate: whatever became of a session, it passes here only if it is clean.
    async fn recycle(&self, session: &mut Session, _: &Metrics) -> RecycleResult<Error> {
        if session.is_usable() { Ok(()) } else { Err(RecycleError::message("the session is not clean")) }
    }

    fn detach(&self, _: &mut Session) {
        self.left.notify_waiters();
    }
}

/// Tries one address after the other; the last failure is the one to be told.
async fn open(config: &Config, tls: &Tls) -> Result<(Opened, Address), (String, Option<Source>)> {
    let mut failure = ("the name stands for no address".to_owned(), None);
    for address in address::resolve(config).await {
        match address {
            Ok(address) => match tls.open(&address.of(config)).await {
                Ok(opened) => return Ok((opened, address)),
                Err(error) => failure = (error::connect_cause(&error), Some(error.into())),
            },
            Err(error) => failure = (error.to_string(), Some(error.into())),
        }
    }
    Err(failure)
}
