//! Opening, waiting, idling, closing.

use std::error::Error as _;
use std::time::{Duration, Instant};

use kysera::Value;
use kysera::driver::postgres::Postgres;
use kysera::driver::{ConnectOptions, Driver, TlsMode};

use super::{fetch, on_both, one, outside, pid, run, scalar};

on_both!(
    the_server_and_its_version_are_known,
    a_url_that_is_wrong_says_why,
    a_pool_that_is_taken_makes_one_wait,
    idle_connections_are_closed,
    closing_waits_for_those_in_use,
    closing_waits_as_long_as_one_waits_for_a_connection,
    a_lost_connection_is_replaced,
    settings_of_the_last_user_are_gone,
    the_url_tells_the_session,
);

async fn the_server_and_its_version_are_known(url: String) {
    let driver = one(&url).await;
    let (major, _) = driver.spec().version;
    assert!(major == 15 || major == 18, "{major}");
    assert_eq!(driver.spec().name, "PostgreSQL");
    let shown = format!("{driver:?}");
    assert!(shown.contains("127.0.0.1") && !shown.contains("postgres://"), "{shown}");
}

/// The URL with another user, password, host, port or database.
fn changed(url: &str, from_to: impl FnOnce(&mut url::Url)) -> String {
    let mut url = url::Url::parse(url).unwrap();
    from_to(&mut url);
    url.to_string()
}

async fn a_url_that_is_wrong_says_why(url: String) {
    let port = url::Url::parse(&url).unwrap().port().unwrap();
    let password = url::Url::parse(&url).unwrap().password().unwrap().to_owned();
    for (url, words) in [
        (changed(&url, |it| it.set_password(Some("wr0ng")).unwrap()), "password authentication failed"),
        (changed(&url, |it| it.set_username("nobody").unwrap()), "authentication failed for user \"nobody\""),
        (changed(&url, |it| it.set_path("/nowhere")), "database \"nowhere\" does not exist (3D000)"),
        (
            changed(&url, |it| it.set_port(Some(1)).unwrap()),
            "127.0.0.1:1: error connecting to server: Connection refused",
        ),
        (changed(&url, |it| it.set_host(Some("nowhere.invalid")).unwrap()), "nowhere.invalid"),
    ] {
        let error = Postgres::connect(&ConnectOptions::new(url)).await.unwrap_err();
        let message = error.to_string();
        assert!(error.is_connect(), "{message}");
        assert!(message.starts_with("cannot connect to ") && message.contains(words), "{message}");
        assert!(!message.contains(&password) && !message.contains("wr0ng"), "{message}");
        assert!(!format!("{error:?}").contains(&password));
    }
    let mute = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mute_url = changed(&url, |it| it.set_port(Some(mute.local_addr().unwrap().port())).unwrap());
    let options = ConnectOptions::new(mute_url).connect_timeout(Duration::from_millis(100));
    let error = Postgres::connect(&options).await.unwrap_err();
    assert!(error.is_connect() && error.to_string().ends_with("no answer in 100 ms"), "{error}");
    // The second host answers, the first one does not.
    let hosts = url.replacen("@127.0.0.1:", "@127.0.0.1:1,127.0.0.1:", 1);
    let driver = Postgres::connect(&ConnectOptions::new(hosts)).await.unwrap();
    assert!(format!("{driver:?}").contains(&format!("127.0.0.1:1, 127.0.0.1:{port}")));
    for wrong in ["postgres://x:y@h/d?sslmode=on", "postgres://x:y@h:p/d", "postgres://x:y@h/d?a=1"] {
        let error = Postgres::connect(&ConnectOptions::new(wrong)).await.unwrap_err();
        assert!(error.is_invalid(), "{error}");
    }
    assert!(Postgres::connect(&ConnectOptions::new(&url).max_connections(0)).await.unwrap_err().is_invalid());
}

async fn a_pool_that_is_taken_makes_one_wait(url: String) {
    let options = ConnectOptions::new(&url).max_connections(2).acquire_timeout(Duration::from_secs(1));
    let driver = Postgres::connect(&options).await.unwrap();
    let first = driver.acquire().await.unwrap();
    let second = driver.acquire().await.unwrap();
    assert_eq!((driver.status().size, driver.status().idle, driver.status().max), (2, 0, 2));
    let start = Instant::now();
    let error = driver.acquire().await.err().unwrap();
    assert!(error.is_pool_timeout(), "{error}");
    assert_eq!(error.to_string(), "no connection became free in 1000 ms");
    assert!(start.elapsed() >= Duration::from_secs(1));
    assert!(error.source().is_none());
    let (_, connection) = tokio::join!(
        async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            drop(first);
        },
        driver.acquire(),
    );
    connection.unwrap();
    drop(second);
    assert_eq!((driver.status().size, driver.status().idle), (2, 2));
}

async fn idle_connections_are_closed(url: String) {
    let options = ConnectOptions::new(&url).idle_timeout(Duration::from_millis(100));
    let driver = Postgres::connect(&options).await.unwrap();
    let mut held = driver.acquire().await.unwrap();
    let others = [driver.acquire().await.unwrap(), driver.acquire().await.unwrap()];
    drop(others);
    let start = Instant::now();
    while driver.status().size > 1 {
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", driver.status());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(driver.status().size, 1);
    // It was in use for longer than it may be idle, and that does not count.
    let held_pid = pid(&mut *held).await;
    drop(held);
    let mut again = driver.acquire().await.unwrap();
    assert!(pid(&mut *again).await == held_pid);
}

async fn closing_waits_for_those_in_use(url: String) {
    let driver = Postgres::connect(&ConnectOptions::new(&url)).await.unwrap();
    let mut connection = driver.acquire().await.unwrap();
    let gone = pid(&mut *connection).await;
    let mut closing = driver.close();
    assert!(tokio::time::timeout(Duration::from_millis(100), &mut closing).await.is_err());
    // It still works until it is given back.
    assert!(scalar(&mut *connection, "select 1").await == Value::I32(1));
    drop(connection);
    closing.await.unwrap();
    assert_eq!(driver.status().size, 0);
    let error = driver.acquire().await.err().unwrap();
    assert!(error.is_closed(), "{error}");
    let (_driver, mut outside) = outside(&url).await;
    wait_until_gone(&mut *outside, gone).await;
}

async fn closing_waits_as_long_as_one_waits_for_a_connection(url: String) {
    let options = ConnectOptions::new(&url).acquire_timeout(Duration::from_millis(200));
    let driver = Postgres::connect(&options).await.unwrap();
    let _kept = driver.acquire().await.unwrap();
    let error = driver.close().await.unwrap_err();
    assert_eq!(error.to_string(), "the pool is closed, but 1 of its connections were still in use after 200 ms");
}

/// Waits until the server has ended a session.
pub(super) async fn wait_until_gone(outside: &mut dyn kysera::driver::Connection, pid: Value) {
    let start = Instant::now();
    loop {
        let sql = "select count(*) from pg_stat_activity where pid = $1";
        if fetch(outside, sql, std::slice::from_ref(&pid)).await.unwrap() == [Value::I64(0)] {
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(5), "the session is still there");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn a_lost_connection_is_replaced(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    let lost = pid(&mut *connection).await;
    let (_driver, mut outside) = outside(&url).await;
    fetch(&mut *outside, "select pg_terminate_backend($1)", std::slice::from_ref(&lost)).await.unwrap();
    wait_until_gone(&mut *outside, lost.clone()).await;
    let error = fetch(&mut *connection, "select 1", &[]).await.unwrap_err();
    assert!(error.is_closed(), "{error}");
    drop(connection);
    let mut connection = driver.acquire().await.unwrap();
    let found = pid(&mut *connection).await;
    assert!(found != lost);
    // One that is lost while it rests.
    drop(connection);
    fetch(&mut *outside, "select pg_terminate_backend($1)", std::slice::from_ref(&found)).await.unwrap();
    wait_until_gone(&mut *outside, found.clone()).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut connection = driver.acquire().await.unwrap();
    assert!(pid(&mut *connection).await != found);
}

async fn settings_of_the_last_user_are_gone(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    let before = pid(&mut *connection).await;
    for sql in [
        "set statement_timeout = '7s'",
        "set timezone = 'Asia/Tokyo'",
        "select set_config('kysera.x', 'y', false)",
        "select pg_advisory_lock(4711)",
        "create temp table pg_left_behind (id int)",
        "begin",
    ] {
        fetch(&mut *connection, sql, &[]).await.unwrap();
    }
    drop(connection);
    let mut connection = driver.acquire().await.unwrap();
    assert!(pid(&mut *connection).await == before);
    for (sql, value) in [
        ("select current_setting('statement_timeout')", Value::from("0")),
        ("select current_setting('TimeZone')", Value::from("UTC")),
        ("select coalesce(current_setting('kysera.x', true), '')", Value::from("")),
        ("select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()", Value::I64(0)),
        ("select to_regclass('pg_left_behind') is null", Value::Bool(true)),
    ] {
        assert!(scalar(&mut *connection, sql).await == value, "{sql}");
    }
    // Outside a transaction each statement has a time of its own.
    let first = scalar(&mut *connection, "select now()").await;
    assert!(scalar(&mut *connection, "select now()").await != first);
    // Prepared statements have outlived the cleaning, and so have the looked up types.
    run(&mut *connection, "set search_path = public").await;
    drop(connection);
    let mut connection = driver.acquire().await.unwrap();
    assert!(pid(&mut *connection).await == before);
}

async fn the_url_tells_the_session(url: String) {
    let url =
        format!("{url}?application_name=an%20app&options=-c%20statement_timeout%3D9s%20-c%20TimeZone%3DAsia/Tokyo");
    let driver = Postgres::connect(&ConnectOptions::new(url).tls(TlsMode::Disable)).await.unwrap();
    let mut connection = driver.acquire().await.unwrap();
    let sql = "select current_setting(it) from unnest(array['application_name', 'statement_timeout', 'TimeZone']) it";
    let said = fetch(&mut *connection, sql, &[]).await.unwrap();
    assert!(said == ["an app", "9s", "UTC"].map(Value::from));
}
