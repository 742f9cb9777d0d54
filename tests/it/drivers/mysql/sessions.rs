//! Sessions and their pool.

use std::pin::pin;
use std::time::Duration;

use kysera::driver::mysql::Mysql;
use kysera::driver::{ConnectOptions, Driver, TransactionOptions};
use kysera::types::SqlType;
use kysera::value::Value;
use tokio::time::timeout;

use super::{Boxed, execute, int, rows, servers, text, urls, value};

#[tokio::test(flavor = "multi_thread")]
async fn the_server_says_which_one_it_is() {
    for (url, name) in urls().await.into_iter().zip(["MySQL", "MariaDB"]) {
        let rest = url.split_once(':').unwrap().1;
        for scheme in ["mysql", "mariadb"] {
            let driver = Mysql::connect(&ConnectOptions::new(format!("{scheme}:{rest}"))).await.unwrap();
            assert_eq!(driver.spec().name, name);
            assert!(driver.spec().version >= (9, 0), "{:?}", driver.spec().version);
            assert_eq!(driver.status().size, 1, "one connection is opened at once");
            assert!(!format!("{driver:?}").contains(url.split(['@', ':']).nth(2).unwrap()));
        }
    }
}

async fn check_session(connection: &mut Boxed, is_mariadb: bool) {
    for (variable, expected) in [
        ("time_zone", "+00:00"),
        ("character_set_client", "utf8mb4"),
        ("character_set_results", "utf8mb4"),
        ("character_set_connection", "utf8mb4"),
        ("lc_messages", "en_US"),
    ] {
        assert_eq!(text(connection, &format!("select @@session.{variable}")).await, expected, "{variable}");
    }
    assert_eq!(int(connection, "select @@group_concat_max_len").await, 1 << 30);
    let recursion = if is_mariadb { "max_recursive_iterations" } else { "cte_max_recursion_depth" };
    assert_eq!(int(connection, &format!("select @@{recursion}")).await, i64::from(u32::MAX));
    assert_eq!(int(connection, "select @@autocommit").await, 1);
    let modes = text(connection, "select @@sql_mode").await;
    for mode in ["STRICT_TRANS_TABLES", "NO_AUTO_VALUE_ON_ZERO", "NO_ZERO_DATE"] {
        assert!(modes.contains(mode), "{modes}");
    }
    assert_eq!(modes.contains("SIMULTANEOUS_ASSIGNMENT"), is_mariadb, "{modes}");
    assert_eq!(modes.contains("ONLY_FULL_GROUP_BY"), !is_mariadb, "{modes}");
    assert!(!modes.contains("ANSI_QUOTES") && !modes.contains("NO_BACKSLASH_ESCAPES"), "{modes}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_set_up_again_after_it_was_changed() {
    for driver in servers(1).await {
        let is_mariadb = driver.spec().name == "MariaDB";
        let mut connection = driver.acquire().await.unwrap();
        check_session(&mut connection, is_mariadb).await;
        let id = int(&mut connection, "select connection_id()").await;
        connection
            .batch(
                "set names latin1, time_zone = '+05:00', sql_mode = 'ANSI', autocommit = 0, group_concat_max_len = 5; \
                 set @leaked = 1; create temporary table leaked (id int); create table if not exists t (id int); \
                 insert into t values (1)",
            )
            .await
            .unwrap();
        drop(connection);
        let mut connection = driver.acquire().await.unwrap();
        assert_eq!(int(&mut connection, "select connection_id()").await, id, "the connection is used again");
        check_session(&mut connection, is_mariadb).await;
        assert!(value(&mut connection, "select @leaked", &[]).await.unwrap().is_null());
        assert!(rows(&mut connection, "select * from leaked", &[]).await.is_err());
        assert_eq!(int(&mut connection, "select count(*) from t").await, 0, "what was not stored is taken back");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_statement_changed_in_the_session_is_gone_too() {
    for driver in servers(1).await {
        let is_mariadb = driver.spec().name == "MariaDB";
        for sql in [
            "set @@session.sql_mode = 'ANSI'",
            "set @@session.time_zone = '+05:00', autocommit = 0",
            "SET NAMES latin1",
            "/*! set @@session.sql_mode = 'ANSI' */",
            "select 1 into @leaked",
            "create temporary table leaked (id int)",
            "select get_lock('kysera_leaked', 0)",
            "do GET_LOCK('kysera_leaked', 0)",
        ] {
            let mut connection = driver.acquire().await.unwrap();
            let id = int(&mut connection, "select connection_id()").await;
            // A result is left where there is one.
            execute(&mut connection, sql, &[]).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
            drop(connection);
            let mut connection = driver.acquire().await.unwrap();
            assert_eq!(int(&mut connection, "select connection_id()").await, id, "{sql}: the connection is used again");
            check_session(&mut connection, is_mariadb).await;
            assert!(value(&mut connection, "select @leaked", &[]).await.unwrap().is_null(), "{sql}");
            assert!(rows(&mut connection, "select * from leaked", &[]).await.is_err(), "{sql}");
            assert_eq!(int(&mut connection, "select is_free_lock('kysera_leaked')").await, 1, "{sql}");
        }
    }
}

async fn status(connection: &mut Boxed, name: &str) -> i64 {
    let row = rows(connection, &format!("show session status like '{name}'"), &[]).await.unwrap().remove(0);
    String::from_value(row[1].clone()).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_stay_prepared() {
    for driver in servers(1).await {
        let mut connection = driver.acquire().await.unwrap();
        connection.prepare("select 40 + ?").await.unwrap();
        let error = connection.prepare("select from").await.unwrap_err();
        assert_eq!(error.as_database().unwrap().code(), "1064");
        status(&mut connection, "Com_stmt_prepare").await;
        let before = status(&mut connection, "Com_stmt_prepare").await;
        for _ in 0..3 {
            assert_eq!(value(&mut connection, "select 40 + ?", &[Value::I64(2)]).await.unwrap(), Value::I64(42));
            drop(connection);
            connection = driver.acquire().await.unwrap();
        }
        assert_eq!(status(&mut connection, "Com_stmt_prepare").await, before);
        for n in 0..600 {
            assert_eq!(int(&mut connection, &format!("select {n}")).await, n);
        }
        let closed = status(&mut connection, "Com_stmt_close").await;
        assert!(closed > 300, "statements beyond the cache are closed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pool_has_limits() {
    for url in urls().await {
        let options = ConnectOptions::new(&url)
            .max_connections(2)
            .acquire_timeout(Duration::from_millis(200))
            .idle_timeout(Duration::from_millis(400));
        let driver = Mysql::connect(&options).await.unwrap();
        let one = driver.acquire().await.unwrap();
        let two = driver.acquire().await.unwrap();
        let error = driver.acquire().await.err().unwrap();
        assert!(error.is_pool_timeout(), "{error}");
        assert_eq!((driver.status().size, driver.status().idle, driver.status().max), (2, 0, 2));
        drop((one, two));
        assert_eq!(driver.status().idle, 2);
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        assert_eq!(driver.status().size, 0, "idle connections are closed");

        // A connection that the server closed is replaced without anybody noticing.
        let driver = Mysql::connect(&ConnectOptions::new(&url).max_connections(1)).await.unwrap();
        let mut admin = Mysql::connect(&ConnectOptions::new(&url)).await.unwrap().acquire().await.unwrap();
        let mut connection = driver.acquire().await.unwrap();
        let id = int(&mut connection, "select connection_id()").await;
        drop(connection);
        execute(&mut admin, &format!("kill {id}"), &[]).await.unwrap();
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        let mut connection = driver.acquire().await.unwrap();
        let id = int(&mut connection, "select connection_id()").await;

        // One that is lost in use says so, and is not used again.
        connection.begin(&TransactionOptions::default()).await.unwrap();
        execute(&mut admin, &format!("kill {id}"), &[]).await.unwrap();
        let error = execute(&mut connection, "do 1", &[]).await.unwrap_err();
        assert!(error.is_closed(), "{error:?}");
        assert!(connection.commit().await.unwrap_err().is_closed());
        drop(connection);
        let mut connection = driver.acquire().await.unwrap();
        assert_ne!(int(&mut connection, "select connection_id()").await, id);

        // Closing waits for those in use.
        let mut closing = pin!(driver.close());
        assert!(timeout(Duration::from_millis(50), &mut closing).await.is_err());
        assert!(driver.acquire().await.err().unwrap().is_closed());
        assert_eq!(int(&mut connection, "select 1").await, 1);
        drop(connection);
        closing.await.unwrap();
        assert_eq!(driver.status().size, 0);
    }
}
