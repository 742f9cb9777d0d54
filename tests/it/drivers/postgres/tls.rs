//! Encrypted connections, and whom they trust.

use kysera::Value;
use kysera::driver::postgres::Postgres;
use kysera::driver::{ConnectOptions, Driver, TlsMode};

use super::{on_both, scalar};

on_both!(modes_of_encryption, cancelling_is_encrypted_too);

/// The certificate of the authority that vouches for the servers.
fn authority() -> String {
    std::env::var("KYSERA_TEST_CA").expect("KYSERA_TEST_CA is not set; start the servers of the tests")
}

async fn is_encrypted(options: ConnectOptions) -> Result<bool, String> {
    let driver = Postgres::connect(&options).await.map_err(|error| error.to_string())?;
    let mut connection = driver.acquire().await.unwrap();
    let sql = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
    Ok(scalar(&mut *connection, sql).await == Value::Bool(true))
}

async fn modes_of_encryption(url: String) {
    let authority = authority();
    let stranger = format!("{}/stranger.pem", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&stranger, STRANGER).unwrap();
    let by_url = |query: String| ConnectOptions::new(format!("{url}?{query}"));

    for (query, encrypted) in [("sslmode=disable", false), ("sslmode=prefer", true), ("sslmode=require", true)] {
        assert_eq!(is_encrypted(by_url(query.into())).await, Ok(encrypted), "{query}");
    }
    assert_eq!(is_encrypted(ConnectOptions::new(&url)).await, Ok(true));
    assert_eq!(is_encrypted(by_url("sslmode=require".into()).tls(TlsMode::Disable)).await, Ok(false));
    for mode in ["verify-ca", "verify-full", "require"] {
        assert_eq!(is_encrypted(by_url(format!("sslmode={mode}&sslrootcert={authority}"))).await, Ok(true), "{mode}");
        let error = is_encrypted(by_url(format!("sslmode={mode}&sslrootcert={stranger}"))).await.unwrap_err();
        assert!(error.contains("error performing TLS handshake: invalid peer certificate"), "{mode}: {error}");
    }
    assert_eq!(is_encrypted(ConnectOptions::new(&url).tls(TlsMode::VerifyFull).tls_ca(&authority)).await, Ok(true));
    // The system knows nothing of the tests' authority.
    let error = is_encrypted(by_url("sslmode=verify-full".into())).await.unwrap_err();
    assert!(error.contains("invalid peer certificate") || error.contains("knows no certificate"), "{error}");
    // The certificate is not for this name, which only `verify-full` minds.
    let other_name = url.replacen("127.0.0.1", "127.0.0.1.nip.invalid", 1) + "?hostaddr=127.0.0.1";
    for (mode, fine) in [("verify-ca", true), ("verify-full", false)] {
        let options = ConnectOptions::new(format!("{other_name}&sslmode={mode}&sslrootcert={authority}"));
        let outcome = is_encrypted(options).await;
        assert_eq!(outcome.is_ok(), fine, "{mode}: {outcome:?}");
    }
    for mode in ["prefer", "require", "verify-ca", "verify-full"] {
        let error = is_encrypted(by_url(format!("sslmode={mode}&sslrootcert=/no/such/file"))).await.unwrap_err();
        assert!(error.contains("the certificates of `/no/such/file` cannot be read"), "{error}");
        let error = is_encrypted(by_url(format!("sslmode={mode}&sslrootcert=/dev/null"))).await.unwrap_err();
        assert!(error.contains("there is no certificate in `/dev/null`"), "{error}");
    }
    assert_eq!(is_encrypted(by_url(format!("sslmode=prefer&sslrootcert={stranger}"))).await, Ok(true));
    assert_eq!(is_encrypted(by_url("sslmode=disable&sslrootcert=/no/such/file".into())).await, Ok(false));
}

async fn cancelling_is_encrypted_too(url: String) {
    let options = ConnectOptions::new(url).tls(TlsMode::VerifyFull).tls_ca(authority()).max_connections(1);
    let driver = Postgres::connect(&options).await.unwrap();
    let mut connection = driver.acquire().await.unwrap();
    let sleep = scalar(&mut *connection, "select pg_sleep(60)");
    assert!(tokio::time::timeout(std::time::Duration::from_millis(50), sleep).await.is_err());
    let start = std::time::Instant::now();
    assert!(scalar(&mut *connection, "select 1").await == Value::I32(1));
    assert!(start.elapsed() < std::time::Duration::from_secs(3));
}

/// An authority that has nothing to do with the servers.
const STRANGER: &str = include_str!("stranger.pem");
