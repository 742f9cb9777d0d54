//! Whether connections are encrypted, and whom they trust.

use std::path::{Path, PathBuf};

use mysql_async::SslOpts;
#[cfg(feature = "tls-rustls")]
use rustls::pki_types::CertificateDer;
use url::Url;

#[cfg(feature = "tls-rustls")]
use crate::driver::authorities;
use crate::driver::{ConnectOptions, TlsMode};
use crate::error::{Error, Result};

/// What the options ask for, and else the URL: the mode, and the file of the certificates to trust.
pub(super) fn wishes(options: &ConnectOptions, url: &Url) -> Result<(TlsMode, Option<PathBuf>)> {
    let (mut mode, mut ca) = (TlsMode::default(), None);
    for (name, value) in url.query_pairs() {
        match &*name {
            "ssl-mode" => {
                mode = match &*value.to_ascii_lowercase() {
                    "disabled" => TlsMode::Disable,
                    "preferred" => TlsMode::Prefer,
                    "required" => TlsMode::Require,
                    "verify_identity" => TlsMode::VerifyFull,
                    _ => {
                        return Err(Error::invalid(
                            "the database URL's `ssl-mode` must be disabled, preferred, required or verify_identity",
                        ));
                    }
                }
            }
            "ssl-ca" => ca = Some(value.into_owned().into()),
            other => {
                return Err(Error::invalid(format!(
                    "the database URL has an unknown parameter `{other}`; known are ssl-mode and ssl-ca"
                )));
            }
        }
    }
    Ok((options.tls.unwrap_or(mode), options.tls_ca.clone().or(ca)))
}

/// The same in the words of `mysql_async`; nothing where connections are not encrypted.
#[cfg(not(feature = "tls-rustls"))]
pub(super) fn ssl_opts(mode: TlsMode, _ca: Option<&Path>) -> Result<Option<SslOpts>> {
    match mode {
        TlsMode::Disable | TlsMode::Prefer => Ok(None),
        TlsMode::Require | TlsMode::VerifyFull => {
            Err(Error::invalid("an encrypted connection needs the feature `tls-rustls`"))
        }
    }
}

/// The same in the words of `mysql_async`; nothing where connections are not encrypted.
#[cfg(feature = "tls-rustls")]
pub(super) fn ssl_opts(mode: TlsMode, ca: Option<&Path>) -> Result<Option<SslOpts>> {
    // `mysql_async` asks rustls for the process's default, which panics where a program's dependencies bring two.
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // An error means that another thread was faster.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
    if mode == TlsMode::Disable {
        return Ok(None);
    }
    // What is named must be there, also where it is not asked.
    let named = ca.map(authorities::of_file).transpose()?;
    let ssl = SslOpts::default();
    Ok(Some(match (mode, named) {
        (TlsMode::VerifyFull, None) => trusting(ssl, authorities::of_system()?),
        // As in libpq, who names an authority and requires encryption wants the authority to be checked. The name is
        // checked with it: where `mysql_async` is told not to, it looks for words that rustls does not say.
        (TlsMode::VerifyFull | TlsMode::Require, Some(named)) => trusting(ssl, named),
        (TlsMode::Require, None) | (TlsMode::Prefer | TlsMode::Disable, _) => {
            ssl.with_danger_accept_invalid_certs(true).with_danger_skip_domain_validation(true)
        }
    }))
}

/// Only these may vouch for the server.
#[cfg(feature = "tls-rustls")]
fn trusting(ssl: SslOpts, authorities: Vec<CertificateDer<'static>>) -> SslOpts {
    let roots = authorities.into_iter().map(|it| it.to_vec().into()).collect();
    ssl.with_disable_built_in_roots(true).with_root_certs(roots)
}
