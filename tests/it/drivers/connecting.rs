//! What all drivers say to a URL and a place where they cannot connect.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use kysera::driver::mysql::Mysql;
use kysera::driver::postgres::Postgres;
use kysera::driver::sqlite::Sqlite;
use kysera::driver::{ConnectOptions, Driver};
use kysera::{Db, Error};

use crate::support::{Server, on_each};

/// Whether three characters of the password in a row, or more, are shown.
fn tells(shown: &str, password: &str) -> bool {
    let password: Vec<char> = password.chars().collect();
    password.windows(3).any(|part| shown.contains(&part.iter().collect::<String>()))
}

#[tokio::test]
async fn no_error_shows_a_part_of_a_password() {
    let mut passwords = Vec::new();
    for mark in
        "@ / ? # % \\ : [ ] , ; & = + ! $ ' \" ( ) * < > ^ ` { | } ~ . - _ \t \n \0 é 字".split(' ').chain([" "])
    {
        passwords.push(format!("QXJ{mark}ZKW"));
        passwords.push(format!("{mark}QXJZKW"));
        passwords.push(format!("QXJZKW{mark}"));
        passwords.push(format!("QXJ{mark}{mark}ZKW{mark}VQZ"));
        passwords.push(format!("QXJ:{mark}ZKW@VQZ/JXK?WVZ#KQJ%XVW"));
        passwords.push(format!("QXJ@71{mark}31@ZKW"));
        passwords.push(format!("71{mark}3197"));
    }
    for password in &passwords {
        for url in [
            format!("postgres://user:{password}@127.0.0.1:1/db"),
            format!("postgresql://user:{password}@127.0.0.1:1/db?sslmode=disable"),
            format!("mysql://user:{password}@127.0.0.1:1/db"),
            format!("mariadb://user:{password}@127.0.0.1:1/db?ssl-mode=disabled"),
            format!("postgres://{password}@127.0.0.1:1"),
            format!("mysql://{password}@127.0.0.1:1"),
            // These are no URLs of a server.
            format!("postgres:user:{password}@127.0.0.1:1/db"),
            format!("mysql:user:{password}@127.0.0.1:1/db"),
            format!("user:{password}@127.0.0.1:1/db"),
            format!("host=127.0.0.1 port=1 user=user password={password} dbname=db"),
            format!("host=127.0.0.1 port=1 user=user password='{password}:' dbname=db"),
        ] {
            let options = ConnectOptions::new(&url);
            let error = Db::connect(&url).await.unwrap_err();
            let mut shown = vec![format!("{options:?} {:?}", Db::builder(&url)), format!("{error} {error:?}")];
            shown.extend(chain(&error));
            // The drivers of servers, whatever the scheme says.
            let others = (Postgres::connect(&options).await.unwrap_err(), Mysql::connect(&options).await.unwrap_err());
            shown.push(format!("{} {:?} {} {:?}", others.0, others.0, others.1, others.1));
            for shown in shown {
                assert!(!tells(&shown, password), "{password:?} is told by: {shown}");
            }
        }
    }
}

/// What the errors below an error say.
fn chain(error: &Error) -> Vec<String> {
    let mut chain = Vec::new();
    let mut next = std::error::Error::source(error);
    while let Some(error) = next {
        chain.push(format!("{error} {error:?}"));
        next = error.source();
    }
    chain
}

/// Polls a future where no runtime is.
fn poll<T>(future: impl Future<Output = T>) -> T {
    let Poll::Ready(output) = pin!(future).poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("there is nothing to wait for")
    };
    output
}

#[test]
fn without_a_runtime_connecting_is_an_error() {
    for url in ["postgres://u@127.0.0.1:1/db", "mysql://u@127.0.0.1:1/db", "mariadb://u@h/db", "sqlite::memory:"] {
        let error = poll(Db::connect(url)).unwrap_err();
        assert!(error.is_invalid(), "{error}");
        assert_eq!(error.to_string(), "the drivers run on tokio; use the database within a tokio runtime");
    }
}

#[test]
fn without_a_runtime_a_connection_is_not_waited_for() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let options = ConnectOptions::new("sqlite::memory:").max_connections(1);
    let sqlite = runtime.block_on(Sqlite::connect(&options)).unwrap();
    let held = poll(sqlite.acquire()).unwrap();
    assert!(poll(sqlite.acquire()).err().unwrap().is_invalid());
    drop(held);
    on_each(&[Server::Postgres15, Server::Postgres18, Server::Mysql9, Server::Mariadb], async |fresh| {
        let db = fresh.db.clone();
        let acquired = std::thread::spawn(move || poll(db.acquire()).map(drop));
        assert!(acquired.join().unwrap().unwrap_err().is_invalid());
    });
}

#[test]
fn a_pool_has_room_for_a_connection() {
    on_each(&Server::ALL, async |fresh| {
        let error = Db::builder(&fresh.url).max_connections(0).connect().await.unwrap_err();
        assert!(error.is_invalid() && error.to_string().contains("set `max_connections` to 1 or more"), "{error}");
    });
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_named_however_short_one_waits_for_a_free_connection() {
    let mute = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = mute.local_addr().unwrap();
    for scheme in ["postgres", "mysql", "mariadb"] {
        let options = ConnectOptions::new(format!("{scheme}://ann:secret@{target}/db"))
            .acquire_timeout(Duration::from_millis(100))
            .connect_timeout(Duration::from_millis(300));
        let connected = match scheme {
            "postgres" => Postgres::connect(&options).await.map(drop),
            _ => Mysql::connect(&options).await.map(drop),
        };
        let error = connected.unwrap_err();
        assert!(error.is_connect(), "{error:?}");
        assert_eq!(error.to_string(), format!("cannot connect to {target}: no answer in 300 ms"));
    }
}
