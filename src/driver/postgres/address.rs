//! Where a server is reached, and how it is asked to end a statement there.
//!
//! A name may stand for several machines, and a request to cancel must go to the one that runs the statement. So names
//! are resolved here, and a session knows the address of its server.

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::SocketAddr;
#[cfg(unix)]
use std::path::PathBuf;

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, copy_bidirectional, duplex};
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio::net::{TcpStream, lookup_host};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, LoadBalanceHosts};

/// The place of one server.
#[derive(Clone, Debug, Hash)]
pub(super) enum Address {
    /// A socket, and the name that the server's certificate should be for.
    Tcp { socket: SocketAddr, name: String },
    /// The folder of a socket in the file system, and its number.
    #[cfg(unix)]
    Unix { folder: PathBuf, port: u16 },
}

impl Address {
    /// The name that the server's certificate should be for.
    #[cfg(feature = "tls-rustls")]
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Tcp { name, .. } => name,
            #[cfg(unix)]
            Self::Unix { .. } => "",
        }
    }

    /// The same settings for this server alone.
    pub(super) fn of(&self, all: &Config) -> Config {
        let mut one = Config::new();
        all.get_user().map(|it| one.user(it));
        all.get_password().map(|it| one.password(it));
        all.get_dbname().map(|it| one.dbname(it));
        all.get_options().map(|it| one.options(it));
        all.get_application_name().map(|it| one.application_name(it));
        all.get_connect_timeout().map(|it| one.connect_timeout(*it));
        all.get_tcp_user_timeout().map(|it| one.tcp_user_timeout(*it));
        all.get_keepalives_interval().map(|it| one.keepalives_interval(it));
        all.get_keepalives_retries().map(|it| one.keepalives_retries(it));
        one.keepalives(all.get_keepalives())
            .keepalives_idle(all.get_keepalives_idle())
            .ssl_mode(all.get_ssl_mode())
            .ssl_negotiation(all.get_ssl_negotiation())
            .target_session_attrs(all.get_target_session_attrs())
            .channel_binding(all.get_channel_binding());
        match self {
            Self::Tcp { socket, name } => one.host(name).hostaddr(socket.ip()).port(socket.port()),
            #[cfg(unix)]
            Self::Unix { folder, port } => one.host_path(folder).port(*port),
        };
        one
    }

    /// Lets `request` talk to the server over a connection of its own, and waits until the server has closed it.
    ///
    /// The server closes it after it has sent its signals, of which there are two. What the client of
    /// `tokio-postgres` does, not to wait, lets the second one end whatever statement comes next.
    pub(super) async fn ask<E>(
        &self,
        request: impl AsyncFnOnce(DuplexStream) -> Result<(), E>,
    ) -> Result<Result<(), E>, io::Error> {
        match self {
            Self::Tcp { socket, .. } => talk(TcpStream::connect(socket).await?, request).await,
            #[cfg(unix)]
            Self::Unix { folder, port } => {
                talk(UnixStream::connect(folder.join(format!(".s.PGSQL.{port}"))).await?, request).await
            }
        }
    }
}

async fn talk<E>(
    mut socket: impl AsyncRead + AsyncWrite + Unpin,
    request: impl AsyncFnOnce(DuplexStream) -> Result<(), E>,
) -> Result<Result<(), E>, io::Error> {
    let (near, mut far) = duplex(1024);
    let (answer, passed) = tokio::join!(request(near), copy_bidirectional(&mut far, &mut socket));
    match passed {
        // The server may close without having read our own goodbye.
        Err(error) if !matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset) => Err(error),
        _ => Ok(answer),
    }
}

/// The places of a host, in the order in which they are to be tried.
pub(super) async fn resolve(config: &Config) -> Vec<io::Result<Address>> {
    let (hosts, numbers, ports) = (config.get_hosts(), config.get_hostaddrs(), config.get_ports());
    let mut addresses = Vec::new();
    for at in 0..hosts.len().max(numbers.len()) {
        let port = ports.get(at).or(ports.first()).copied().unwrap_or(5432);
        match (hosts.get(at), numbers.get(at)) {
            (Some(Host::Tcp(name)), Some(number)) => {
                addresses.push(Ok(Address::Tcp { socket: (*number, port).into(), name: name.clone() }));
            }
            (_, Some(number)) => {
                addresses.push(Ok(Address::Tcp { socket: (*number, port).into(), name: number.to_string() }));
            }
            (Some(Host::Tcp(name)), None) => match lookup_host((name.as_str(), port)).await {
                Ok(found) => {
                    addresses.extend(found.map(|socket| Ok(Address::Tcp { socket, name: name.clone() })));
                }
                Err(error) => addresses.push(Err(error)),
            },
            #[cfg(unix)]
            (Some(Host::Unix(folder)), None) => addresses.push(Ok(Address::Unix { folder: folder.clone(), port })),
            (None, None) => {}
        }
    }
    if config.get_load_balance_hosts() == LoadBalanceHosts::Random {
        let chance = RandomState::new();
        addresses.sort_by_cached_key(|it| it.as_ref().map_or(u64::MAX, |it| chance.hash_one(it)));
    }
    addresses
}
