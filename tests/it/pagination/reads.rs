//! How many rows a server reads for what is done on a connection.
//!
//! Each server is asked for what it counts itself, and counts entries of indexes as rows, also those that it reads and then
//! leaves out by a condition. What it keeps for itself while it runs a statement is not counted.
//!
//! | server | what is counted |
//! |---|---|
//! | PostgreSQL | the table's and its indexes' `pg_stat_get_xact_tuples_returned`, without what the planner reads to know the largest and smallest values, which is what an `explain` of the same statement reads |
//! | MySQL | `COUNT_FETCH` of the table in `performance_schema`, with conditions left out by the server, not below |
//! | MariaDB | `Rows_read`, and those of `Handler_icp_attempts` that did not match |
//! | SQLite | calls of a function in the condition of a view that stands in the table's place |

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kysera::Value;
use kysera::ast::Operation;
use kysera::dialect::Compiled;
use kysera::driver::Query;
use kysera::executor::{Access, Request};
use kysera::pagination::{Cursors, KeysetPage, Place};
use kysera::prelude::*;
use kysera::testing::Spy;
use rusqlite::functions::FunctionFlags;

use super::million::{Entry, Order, entries};
use crate::support::servers::{Fresh, Server};

/// Counts what pages of a table read.
pub struct Counting {
    server: Server,
    db: Db,
    spy: Spy,
    /// SQLite does not count, so the statement runs a second time, here.
    counter: Option<(rusqlite::Connection, Arc<AtomicUsize>)>,
}

impl Counting {
    pub async fn new(fresh: &Fresh) -> Self {
        let spy = Spy::new();
        // One connection, which keeps what it knows of the table.
        let db = Db::builder(fresh.url.clone()).max_connections(1).plugin(spy.clone()).connect().await.unwrap();
        let counter = (fresh.server == Server::Sqlite).then(|| counter(fresh.url.strip_prefix("sqlite:").unwrap()));
        Self { server: fresh.server, db, spy, counter }
    }

    /// A page, and how many rows were read for it.
    pub async fn page(&self, order: &Order, place: &Place, limit: i64) -> (KeysetPage<Entry>, usize) {
        let connection = self.db.begin().await.unwrap();
        if self.server == Server::Mysql9 {
            connection.batch("set optimizer_switch = 'index_condition_pushdown=off'").await.unwrap();
        }
        // A server reads what it knows of a table when it needs that for the first time.
        fetch(&connection, order, place, limit).await;
        let before = self.count(&connection).await;
        let page = fetch(&connection, order, place, limit).await;
        let after = self.count(&connection).await;
        let compiled = self.statement(&connection);
        let reads = match &self.counter {
            Some((counter, calls)) => run(counter, calls, &compiled.sql, &compiled.params),
            None if self.server.is_postgres() => {
                let query = Query { sql: &format!("explain {}", compiled.sql), params: &compiled.params };
                connection.fetch(Request::Compiled { query, access: Access::Read }).await.unwrap();
                let planned = self.count(&connection).await - after;
                after - before - planned
            }
            None => after - before,
        };
        connection.rollback().await.unwrap();
        (page, reads)
    }

    pub async fn close(self) {
        self.db.close().await.unwrap();
    }

    /// The one statement that a page took.
    fn statement(&self, executor: &dyn Executor) -> Compiled {
        let mut seen = self.spy.take();
        seen.retain(|it| it.operation == Operation::Select);
        let [first, second] = <[_; 2]>::try_from(seen).unwrap();
        assert_eq!(first.sql, second.sql);
        let (compiled, _) = executor.compile(second.statement).unwrap();
        assert_eq!(self.spy.take().len(), 1);
        compiled
    }

    /// How many rows were read so far.
    async fn count(&self, executor: &dyn Executor) -> usize {
        let sql = match self.server {
            Server::Sqlite => return 0,
            Server::Postgres15 | Server::Postgres18 => {
                "select sum(pg_stat_get_xact_tuples_returned(oid)) from pg_class \
                 where relnamespace = current_schema()::regnamespace and relkind in ('r', 'i')"
            }
            Server::Mysql9 => {
                "select count_fetch from performance_schema.table_io_waits_summary_by_table \
                 where object_schema = database() and object_name = 'entries'"
            }
            Server::Mariadb => {
                "select sum(case variable_name when 'HANDLER_ICP_MATCH' then -variable_value else variable_value end) \
                 from information_schema.session_status \
                 where variable_name in ('ROWS_READ', 'HANDLER_ICP_ATTEMPTS', 'HANDLER_ICP_MATCH')"
            }
        };
        let query = Query { sql, params: &[] };
        let mut rows = executor.fetch(Request::Compiled { query, access: Access::Read }).await.unwrap();
        let row = rows.iter_mut().next().unwrap();
        match &row.values()[0] {
            Value::I64(it) => usize::try_from(*it).unwrap(),
            Value::Decimal(it) => it.parse().unwrap(),
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
            Value::F64(it) => *it as usize,
            other => panic!("{other:?}"),
        }
    }
}

async fn fetch(executor: &dyn Executor, order: &Order, place: &Place, limit: i64) -> KeysetPage<Entry> {
    let page = select_from(entries::table).paginate_by((order.terms)(), place.clone(), limit);
    page.fetch(executor, &Cursors::unsigned()).await.unwrap()
}

/// A connection where rows of the table are counted as they come out of an index.
fn counter(path: &str) -> (rusqlite::Connection, Arc<AtomicUsize>) {
    let connection = rusqlite::Connection::open(path).unwrap();
    let calls = Arc::new(AtomicUsize::new(0));
    let called = Arc::clone(&calls);
    let count = move |_: &rusqlite::functions::Context<'_>| {
        called.fetch_add(1, Ordering::Relaxed);
        Ok(true)
    };
    connection.create_scalar_function("counted", 1, FunctionFlags::SQLITE_UTF8, count).unwrap();
    // Every index has the key, so the row itself need not be read for it.
    connection.execute_batch("create temp view entries as select * from main.entries where counted(id)").unwrap();
    (connection, calls)
}

fn run(counter: &rusqlite::Connection, calls: &AtomicUsize, sql: &str, params: &[Value]) -> usize {
    let params = params.iter().map(|value| match value {
        Value::I32(it) => i64::from(*it),
        Value::I64(it) => *it,
        other => panic!("{other:?}"),
    });
    calls.store(0, Ordering::Relaxed);
    let mut statement = counter.prepare(sql).unwrap();
    let mut rows = statement.query(rusqlite::params_from_iter(params)).unwrap();
    while rows.next().unwrap().is_some() {}
    calls.load(Ordering::Relaxed)
}
