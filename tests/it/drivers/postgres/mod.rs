//! The PostgreSQL driver, each test on PostgreSQL 15 and on PostgreSQL 18.

mod cancelling;
mod connecting;
mod errors;
mod statements;
mod streams;
#[cfg(feature = "tls-rustls")]
mod tls;
mod transactions;
mod values;

use kysera::driver::postgres::Postgres;
use kysera::driver::{ConnectOptions, Connection, Driver, Query, Rows};
use kysera::{Error, Value};

/// Makes each function a test on each server.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        $crate::drivers::postgres::on_both!(@on postgres15 Postgres15: $($name),*);
        $crate::drivers::postgres::on_both!(@on postgres18 Postgres18: $($name),*);
    };
    (@on $module:ident $Server:ident: $($name:ident),*) => {
        mod $module {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let server = $crate::support::Server::$Server;
                if server.is_chosen() {
                    super::$name(server.url()).await;
                }
            })*
        }
    };
}
use on_both;

/// A pool of one connection, so that a test sees whether it is used again.
async fn one(url: &str) -> Postgres {
    Postgres::connect(&ConnectOptions::new(url).max_connections(1)).await.unwrap()
}

/// SQL and values.
fn query<'a>(sql: &'a str, params: &'a [Value]) -> Query<'a> {
    Query { sql, params }
}

/// Runs a statement and reads its values, row by row.
async fn fetch(connection: &mut dyn Connection, sql: &str, params: &[Value]) -> Result<Vec<Value>, Error> {
    connection.fetch(query(sql, params)).await.map(values)
}

/// The values of a result, row by row.
fn values(mut rows: Rows) -> Vec<Value> {
    rows.iter_mut().flat_map(|row| row.values().to_vec()).collect()
}

/// The single value of a result.
async fn scalar(connection: &mut dyn Connection, sql: &str) -> Value {
    let mut values = fetch(connection, sql, &[]).await.unwrap();
    assert_eq!(values.len(), 1, "{sql}");
    values.remove(0)
}

/// What a statement does, for its effect.
async fn run(connection: &mut dyn Connection, sql: &str) {
    connection.batch(sql).await.unwrap();
}

/// The process of the server behind a connection.
async fn pid(connection: &mut dyn Connection) -> Value {
    scalar(connection, "select pg_backend_pid()").await
}

/// A connection of its own, to look from outside.
async fn outside(url: &str) -> (Postgres, Box<dyn Connection>) {
    let driver = one(url).await;
    let connection = driver.acquire().await.unwrap();
    (driver, connection)
}
