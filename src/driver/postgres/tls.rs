//! How a connection is encrypted, and whom it trusts (feature `tls-rustls`).

use std::path::PathBuf;

#[cfg(feature = "tls-rustls")]
use tokio::io::DuplexStream;
use tokio::task::JoinHandle;
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{CancelToken, Client, Config, NoTls, Socket};

use super::address::Address;
use crate::error::{Result, Source};

/// Who may be at the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// Anyone.
    Anyone,
    /// Whoever has a certificate of a known authority.
    Authority,
    /// Whoever has a certificate of a known authority for the host's name.
    Name,
}

/// What an opened connection consists of.
pub(super) struct Opened {
    pub(super) client: Client,
    /// The task that reads and writes the socket.
    pub(super) task: JoinHandle<()>,
    /// The server's version in its own words.
    pub(super) version: String,
}

/// Plain or encrypted, one for all connections of a pool.
#[derive(Clone)]
pub(super) enum Tls {
    /// Never encrypted.
    Off,
    /// Encrypted by rustls, where the mode in the [`Config`] and the server want it.
    #[cfg(feature = "tls-rustls")]
    Rustls(tokio_postgres_rustls::MakeRustlsConnect),
}

impl Tls {
    #[cfg(not(feature = "tls-rustls"))]
    pub(super) fn new(mode: SslMode, trust: Trust, _authorities: Option<PathBuf>) -> Result<Self> {
        if mode == SslMode::Require || trust != Trust::Anyone {
            return Err(crate::error::Error::invalid(
                "an encrypted connection is required, and encryption is switched off; enable the feature `tls-rustls`",
            ));
        }
        Ok(Self::Off)
    }

    /// `authorities` is a file of certificates; without one, the system's are known.
    #[cfg(feature = "tls-rustls")]
    pub(super) fn new(mode: SslMode, trust: Trust, authorities: Option<PathBuf>) -> Result<Self> {
        if mode == SslMode::Disable {
            return Ok(Self::Off);
        }
        // As in libpq: who names an authority and requires encryption wants the authority to be checked.
        let trust = match trust {
            Trust::Anyone if mode == SslMode::Require && authorities.is_some() => Trust::Authority,
            trust => trust,
        };
        let config = rustls_config::make(trust, authorities.as_deref())?;
        Ok(Self::Rustls(tokio_postgres_rustls::MakeRustlsConnect::new(config)))
    }

    /// Opens a connection.
    pub(super) async fn open(&self, config: &Config) -> Result<Opened, tokio_postgres::Error> {
        match self {
            Self::Off => open(config, NoTls).await,
            #[cfg(feature = "tls-rustls")]
            Self::Rustls(rustls) => open(config, rustls.clone()).await,
        }
    }

    /// Asks the server to end the statement that runs on a connection, and waits until it has done so: no later
    /// statement is hit.
    pub(super) async fn cancel(&self, address: &Address, token: CancelToken) -> Result<(), Source> {
        let asked = match self {
            Self::Off => address.ask(async |stream| token.cancel_query_raw(stream, NoTls).await).await,
            #[cfg(feature = "tls-rustls")]
            Self::Rustls(rustls) => {
                let tls = MakeTlsConnect::<DuplexStream>::make_tls_connect(&mut rustls.clone(), address.name())?;
                address.ask(async |stream| token.cancel_query_raw(stream, tls).await).await
            }
        };
        Ok(asked??)
    }
}

async fn open<T>(config: &Config, tls: T) -> Result<Opened, tokio_postgres::Error>
where
    T: MakeTlsConnect<Socket, Stream: Send + 'static, TlsConnect: Send> + Send,
    <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
{
    let (client, connection) = config.connect(tls).await?;
    let version = connection.parameter("server_version").unwrap_or_default().to_owned();
    let task = tokio::spawn(async move {
        // The client learns of the end as well, by its next statement.
        let _ = connection.await;
    });
    Ok(Opened { client, task, version })
}

#[cfg(feature = "tls-rustls")]
mod rustls_config {
    //! A client configuration of rustls that trusts as much as it was told to.

    use std::path::Path;
    use std::sync::Arc;

    use rustls::client::WebPkiServerVerifier;
    use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
    use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
    use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
    use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

    use super::Trust;
    use crate::driver::authorities;
    use crate::error::{Error, Result};

    pub(super) fn make(trust: Trust, file: Option<&Path>) -> Result<ClientConfig> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::invalid(format!("encryption cannot be set up: {error}")))?;
        let authority = match trust {
            Trust::Anyone => {
                // What is named must be there, also where it is not asked.
                file.map(authorities::of_file).transpose()?;
                None
            }
            Trust::Name => {
                return Ok(builder.with_root_certificates(roots(file)?).with_no_client_auth());
            }
            Trust::Authority => {
                let roots = Arc::new(roots(file)?);
                let verifier = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider))
                    .build()
                    .map_err(|error| Error::invalid(format!("encryption cannot be set up: {error}")))?;
                Some(verifier)
            }
        };
        Ok(builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyName { authority, provider }))
            .with_no_client_auth())
    }

    /// The certificates of a file, or the system's.
    fn roots(file: Option<&Path>) -> Result<RootCertStore> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(file.map_or_else(authorities::of_system, authorities::of_file)?);
        Ok(roots)
    }

    /// Takes a certificate whatever name it is for, and whoever it is of where no authority is asked for.
    #[derive(Debug)]
    struct AnyName {
        authority: Option<Arc<WebPkiServerVerifier>>,
        provider: Arc<CryptoProvider>,
    }

    impl ServerCertVerifier for AnyName {
        fn verify_server_cert(
            &self,
            end_entity: &CertificateDer<'_>,
            intermediates: &[CertificateDer<'_>],
            server_name: &ServerName<'_>,
            ocsp_response: &[u8],
            now: UnixTime,
        ) -> Result<ServerCertVerified, rustls::Error> {
            let Some(authority) = &self.authority else {
                return Ok(ServerCertVerified::assertion());
            };
            match authority.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
                Err(rustls::Error::InvalidCertificate(
                    CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
                )) => Ok(ServerCertVerified::assertion()),
                verdict => verdict,
            }
        }

        fn verify_tls12_signature(
            &self,
            message: &[u8],
            cert: &CertificateDer<'_>,
            dss: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, rustls::Error> {
            verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
        }

        fn verify_tls13_signature(
            &self,
            message: &[u8],
            cert: &CertificateDer<'_>,
            dss: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, rustls::Error> {
            verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            self.provider.signature_verification_algorithms.supported_schemes()
        }
    }
}
