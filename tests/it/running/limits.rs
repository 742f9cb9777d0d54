//! What a pool is opened with reaches its driver, whichever that is.

use std::time::Duration;

use kysera::Db;
#[cfg(feature = "tls-rustls")]
use kysera::driver::TlsMode;

use crate::support::on_all;
#[cfg(feature = "tls-rustls")]
use crate::support::{Server, on_each};

#[test]
fn who_waits_too_long_for_a_connection_is_told() {
    on_all(async |fresh| {
        let db = Db::builder(&fresh.url).max_connections(1).acquire_timeout(Duration::from_millis(300));
        let db = db.connect_timeout(Duration::from_secs(10)).connect().await.unwrap();
        let held = db.acquire().await.unwrap();
        let error = db.acquire().await.unwrap_err();
        assert!(error.is_pool_timeout(), "{error}");
        drop(held);
        db.acquire().await.unwrap();
    });
}

#[cfg(feature = "tls-rustls")]
#[test]
fn the_server_is_checked_where_it_is_asked_for() {
    let ca = std::env::var("KYSERA_TEST_CA").ok();
    on_each(&[Server::Postgres15, Server::Postgres18, Server::Mysql9, Server::Mariadb], async |fresh| {
        let ca = ca.as_deref().expect("KYSERA_TEST_CA must name the file of the test authority");
        let checked = || Db::builder(&fresh.url).tls(TlsMode::VerifyFull);
        checked().tls_ca(ca).connect().await.unwrap();
        let error = checked().tls_ca("/nowhere").connect().await.unwrap_err();
        assert!(error.is_invalid(), "{error}");
    });
}

#[test]
fn debug_shows_no_password() {
    let text = format!("{:?}", Db::builder("postgres://ann:secret@h/d").max_connections(3));
    assert!(text.contains("max_connections: 3") && !text.contains("secret"), "{text}");
}
