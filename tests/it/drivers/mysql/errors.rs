//! Errors say what they mean, and nothing they should not.

use std::time::Duration;

use kysera::driver::mysql::Mysql;
use kysera::driver::{ConnectOptions, Driver};
use kysera::error::DatabaseErrorKind;
use kysera::value::Value;

use super::{MEMORY, execute, int, kind, servers, text, urls, value};

#[tokio::test(flavor = "multi_thread")]
async fn errors_are_classified() {
    let _memory = MEMORY.lock().await;
    for driver in servers(1).await {
        let is_mariadb = driver.spec().name == "MariaDB";
        let mut connection = driver.acquire().await.unwrap();
        connection
            .batch(
                "drop table if exists child, parent; \
                 create table parent (id int primary key, name varchar(60), must int not null, \
                 constraint name_is_unique unique (name), constraint must_be_positive check (must > 0)); \
                 create table child (parent_id int, \
                 constraint child_of_parent foreign key (parent_id) references parent (id)); \
                 insert into parent values (1, 'a', 1), (2, 'x'' for key ''zz.other', 1); insert into child values (1)",
            )
            .await
            .unwrap();
        let cases = [
            ("insert into parent values (1, 'b', 1)", "1062", Some("PRIMARY"), DatabaseErrorKind::UniqueViolation),
            (
                "insert into parent values (3, 'a', 1)",
                "1062",
                Some("name_is_unique"),
                DatabaseErrorKind::UniqueViolation,
            ),
            (
                "insert into parent values (3, 'x'' for key ''zz.other', 1)",
                "1062",
                Some("name_is_unique"),
                DatabaseErrorKind::UniqueViolation,
            ),
            ("insert into child values (9)", "1452", Some("child_of_parent"), DatabaseErrorKind::ForeignKeyViolation),
            (
                "delete from parent where id = 1",
                "1451",
                Some("child_of_parent"),
                DatabaseErrorKind::ForeignKeyViolation,
            ),
            ("insert into parent values (3, 'c', null)", "1048", None, DatabaseErrorKind::NotNullViolation),
            ("insert into parent (id) values (3)", "1364", None, DatabaseErrorKind::NotNullViolation),
            (
                "insert into parent values (3, 'c', 0)",
                if is_mariadb { "4025" } else { "3819" },
                Some("must_be_positive"),
                DatabaseErrorKind::CheckViolation,
            ),
            ("select from", "1064", None, DatabaseErrorKind::Other),
            ("select 1; select 2", "1064", None, DatabaseErrorKind::Other),
        ];
        for (sql, code, constraint, expected) in cases {
            let error = execute(&mut connection, sql, &[]).await.unwrap_err();
            let database = error.as_database().unwrap();
            assert_eq!((kind(&error), database.code()), (expected, code), "{sql}: {error}");
            assert_eq!(database.constraint(), constraint, "{sql}: {}", database.message());
            if kind(&error) == DatabaseErrorKind::NotNullViolation {
                assert_eq!(database.columns(), ["must"]);
            }
            if kind(&error) == DatabaseErrorKind::UniqueViolation {
                assert_eq!(database.table(), if is_mariadb { None } else { Some("parent") });
                assert!(!error.to_string().contains("zz.other"));
            }
            assert!(error.as_database().and_then(|it| it.driver_error()).is_some());
        }
        // German messages, as a server may be set to give: the session asked for English.
        assert_eq!(text(&mut connection, "select @@lc_messages").await, "en_US");
        let error = execute(&mut connection, "kill query connection_id()", &[]).await.unwrap_err();
        assert_eq!(kind(&error), DatabaseErrorKind::Cancelled);
        let packet = int(&mut connection, "select @@max_allowed_packet").await;
        let large = Value::Bytes(vec![0; usize::try_from(packet).unwrap() + 1]);
        let error = execute(&mut connection, "do length(?)", &[large]).await.unwrap_err();
        assert!(error.is_invalid() && error.to_string().contains("max_allowed_packet"), "{error:?}");
        let fits = Value::Bytes(vec![b'x'; usize::try_from(packet).unwrap() - 100]);
        assert_eq!(value(&mut connection, "select length(?) + 0", &[fits]).await.unwrap(), Value::I64(packet - 100));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_connected_to_is_named_without_the_password() {
    for url in urls().await {
        let (scheme, rest) = url.split_once("://").unwrap();
        let host = rest.split_once('@').unwrap().1;
        let target = host.split_once('/').unwrap().0;
        let (user, password) = rest.split_once('@').unwrap().0.split_once(':').unwrap();
        let cases = [
            (format!("{scheme}://{user}:s3cret-pass@{host}"), target, "Access denied"),
            (format!("{scheme}://{user}:{password}@{target}/no_such_database"), target, "no_such_database"),
            (format!("{scheme}://{user}:{password}@127.0.0.1:1/x"), "127.0.0.1:1", "refused"),
            (format!("{scheme}://{user}:{password}@no-such-host.invalid/x"), "no-such-host.invalid:3306", "lookup"),
        ];
        for (url, target, cause) in cases {
            let error = Mysql::connect(&ConnectOptions::new(url)).await.unwrap_err();
            assert!(error.is_connect(), "{error:?}");
            let text = format!("{error} {error:?}");
            assert!(text.contains(target) && text.contains(cause), "{text}");
            assert!(!text.contains("s3cret-pass") && !text.contains(password), "{text}");
        }
    }
    // A server that never speaks.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("mysql://u:s3cret@{}/x", silent.local_addr().unwrap());
    let options = ConnectOptions::new(url).connect_timeout(Duration::from_millis(100));
    let error = Mysql::connect(&options).await.unwrap_err();
    assert!(error.is_connect() && error.to_string().ends_with("no answer in 100 ms"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_does_not_exist_is_not_taken_for_a_plugin_that_is_unknown() {
    for url in urls().await {
        let (scheme, rest) = url.split_once("://").unwrap();
        let host = rest.split_once('@').unwrap().1;
        // MySQL asks each of them for a plugin by chance, of which we know some.
        for n in 0..12 {
            let options = ConnectOptions::new(format!("{scheme}://nobody_{n}:wrong@{host}"));
            let error = Mysql::connect(&options).await.unwrap_err().to_string();
            assert!(error.contains("Access denied") || error.contains("the user may not exist"), "{error}");
        }
    }
}
