//! Encryption.

use kysera::driver::mysql::Mysql;
use kysera::driver::{ConnectOptions, Driver, TlsMode};

use super::{text, urls};

/// An authority that has nothing to do with the servers.
#[cfg(feature = "tls-rustls")]
const STRANGER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/drivers/postgres/stranger.pem");

#[cfg(feature = "tls-rustls")]
#[tokio::test(flavor = "multi_thread")]
async fn connections_are_encrypted_as_asked() {
    let cipher = "select variable_value from performance_schema.session_status where variable_name = 'Ssl_cipher'";
    for url in urls().await {
        let ca = std::env::var("KYSERA_TEST_CA").expect("KYSERA_TEST_CA must name the file of the test authority");
        let expected = [
            (ConnectOptions::new(&url), true),
            (ConnectOptions::new(&url).tls(TlsMode::Disable), false),
            (ConnectOptions::new(&url).tls(TlsMode::Require), true),
            (ConnectOptions::new(&url).tls(TlsMode::VerifyFull).tls_ca(&ca), true),
            (ConnectOptions::new(format!("{url}?ssl-mode=disabled")), false),
            (ConnectOptions::new(format!("{url}?ssl-mode=REQUIRED")), true),
            (ConnectOptions::new(format!("{url}?ssl-mode=verify_identity&ssl-ca={ca}")), true),
        ];
        for (options, is_encrypted) in expected {
            let driver = Mysql::connect(&options).await.unwrap();
            let sql = if driver.spec().name == "MariaDB" {
                cipher.replace("performance_schema", "information_schema")
            } else {
                cipher.to_owned()
            };
            let mut connection = driver.acquire().await.unwrap();
            assert_eq!(!text(&mut connection, &sql).await.is_empty(), is_encrypted, "{options:?}");
        }
        // An authority that is not the server's, and a certificate for another name.
        let error = Mysql::connect(&ConnectOptions::new(&url).tls(TlsMode::VerifyFull)).await.unwrap_err();
        assert!(error.is_connect() && error.to_string().contains("certificate"), "{error}");
        let target = url.split(['@', '/']).nth(3).unwrap().to_owned();
        let proxy = tokio::net::TcpListener::bind("127.0.0.2:0").await.unwrap();
        let other = url.replace(&target, &proxy.local_addr().unwrap().to_string());
        tokio::spawn(async move {
            while let Ok((mut client, _)) = proxy.accept().await {
                let mut server = tokio::net::TcpStream::connect(&target).await.unwrap();
                tokio::spawn(async move { tokio::io::copy_bidirectional(&mut client, &mut server).await });
            }
        });
        Mysql::connect(&ConnectOptions::new(&other).tls(TlsMode::Require)).await.unwrap();
        let error = Mysql::connect(&ConnectOptions::new(other).tls(TlsMode::VerifyFull).tls_ca(&ca)).await;
        let error = error.unwrap_err().to_string();
        assert!(error.contains("not valid for name"), "{error}");
        // Whoever names an authority wants it to be asked.
        Mysql::connect(&ConnectOptions::new(&url).tls(TlsMode::Require).tls_ca(&ca)).await.unwrap();
        for options in [
            ConnectOptions::new(&url).tls(TlsMode::Require).tls_ca(STRANGER),
            ConnectOptions::new(format!("{url}?ssl-mode=required&ssl-ca={STRANGER}")),
        ] {
            let error = Mysql::connect(&options).await.unwrap_err();
            assert!(error.is_connect() && error.to_string().contains("certificate"), "{error}");
        }
        Mysql::connect(&ConnectOptions::new(&url).tls(TlsMode::Prefer).tls_ca(STRANGER)).await.unwrap();
        for mode in [TlsMode::Prefer, TlsMode::Require, TlsMode::VerifyFull] {
            for (file, words) in [("/nowhere", "cannot be read"), ("/dev/null", "there is no certificate")] {
                let error = Mysql::connect(&ConnectOptions::new(&url).tls(mode).tls_ca(file)).await.unwrap_err();
                assert!(error.is_invalid() && error.to_string().contains(words), "{mode:?}: {error}");
            }
        }
        Mysql::connect(&ConnectOptions::new(&url).tls(TlsMode::Disable).tls_ca("/nowhere")).await.unwrap();
    }
}

#[cfg(not(feature = "tls-rustls"))]
#[tokio::test(flavor = "multi_thread")]
async fn encryption_needs_its_feature() {
    for url in urls().await {
        Mysql::connect(&ConnectOptions::new(&url).tls(TlsMode::Prefer)).await.unwrap();
        for mode in [TlsMode::Require, TlsMode::VerifyFull] {
            let error = Mysql::connect(&ConnectOptions::new(&url).tls(mode)).await.unwrap_err();
            assert!(error.is_invalid() && error.to_string().contains("tls-rustls"), "{error}");
        }
    }
}
