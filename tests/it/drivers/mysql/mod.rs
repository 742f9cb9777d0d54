//! The driver of MySQL and MariaDB, on both servers.

mod cancel;
mod errors;
mod sessions;
mod tls;
mod transactions;
mod values;

use crate::support::Server;
use kysera::driver::mysql::Mysql;
use kysera::driver::{ConnectOptions, Connection, Driver, Outcome, Query};
use kysera::error::DatabaseErrorKind;
use kysera::types::SqlType;
use kysera::value::Value;
use kysera::{Error, Result};

/// The URLs of the servers, within a database of these tests' own.
pub(crate) async fn urls() -> Vec<String> {
    let mut urls = Vec::new();
    for server in [Server::Mysql9, Server::Mariadb].into_iter().filter(|server| server.is_chosen()) {
        let url = server.url();
        let driver = Mysql::connect(&ConnectOptions::new(&url)).await.unwrap();
        let mut connection = driver.acquire().await.unwrap();
        connection.batch("create database if not exists kysera_driver").await.unwrap();
        urls.push(format!("{}/kysera_driver", url.rsplit_once('/').unwrap().0));
    }
    urls
}

/// A pool on each server.
pub(crate) async fn servers(connections: usize) -> Vec<Mysql> {
    let mut servers = Vec::new();
    for url in urls().await {
        servers.push(Mysql::connect(&ConnectOptions::new(url).max_connections(connections)).await.unwrap());
    }
    servers
}

pub(crate) type Boxed = Box<dyn Connection>;

pub(crate) async fn rows(connection: &mut Boxed, sql: &str, params: &[Value]) -> Result<Vec<Vec<Value>>> {
    let mut rows = connection.fetch(Query { sql, params }).await?;
    Ok(rows.iter_mut().map(|row| row.values().to_vec()).collect())
}

pub(crate) async fn value(connection: &mut Boxed, sql: &str, params: &[Value]) -> Result<Value> {
    Ok(rows(connection, sql, params).await?.remove(0).remove(0))
}

pub(crate) async fn execute(connection: &mut Boxed, sql: &str, params: &[Value]) -> Result<Outcome> {
    connection.execute(Query { sql, params }).await
}

pub(crate) async fn int(connection: &mut Boxed, sql: &str) -> i64 {
    i64::from_value(value(connection, sql, &[]).await.unwrap()).unwrap()
}

pub(crate) async fn text(connection: &mut Boxed, sql: &str) -> String {
    String::from_value(value(connection, sql, &[]).await.unwrap()).unwrap()
}

pub(crate) fn kind(error: &Error) -> DatabaseErrorKind {
    error.as_database().unwrap_or_else(|| panic!("{error:?} is no error of the server")).kind()
}

pub(crate) async fn fresh(connection: &mut Boxed, table: &str) {
    let sql = format!("drop table if exists {table}; create table {table} (id int primary key, n int)");
    connection.batch(&sql).await.unwrap();
}

/// Held by what takes much memory, and by who measures it.
pub(crate) static MEMORY: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
