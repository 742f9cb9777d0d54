//! Whoever is killed between a change and its entry leaves neither behind.
//!
//! Each round runs one change of a program that stops before it writes the entry, or before it commits. Then it is
//! killed: on SQLite the program, which is this one run a second time; elsewhere its session, or the whole server where
//! `make faults` has brought servers that may be killed. What is left must be what the log tells.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use kysera::Executor;
use kysera::ast::Operation;
use kysera::dialect::Spec;
use kysera::driver::{
    self, BoxFuture, BoxStream, ConnectOptions, Connection, Driver, Outcome, PoolStatus, Query, Rows,
    TransactionOptions,
};
use kysera::plugin::Audit;
use kysera::prelude::*;
use kysera::schema::create_table_for;
use tokio::sync::Notify;

use super::{entries, thing, things};
use crate::support::servers::{Fresh, run};
use crate::support::{Server, on_each};

/// Where a program stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    BeforeEntry,
    BeforeCommit,
}

/// A driver whose connections stop, tell that they have, and go on when they are told to.
#[derive(Debug)]
struct Stopping {
    inner: Box<dyn Driver>,
    stop: Stop,
    signals: Arc<Signals>,
}

#[derive(Debug, Default)]
struct Signals {
    stopped: Notify,
    go_on: Notify,
}

struct StoppingConnection {
    inner: Box<dyn Connection>,
    stop: Stop,
    signals: Arc<Signals>,
}

impl Driver for Stopping {
    fn spec(&self) -> &Spec {
        self.inner.spec()
    }

    fn acquire(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
        Box::pin(async {
            let inner = self.inner.acquire().await?;
            let connection = StoppingConnection { inner, stop: self.stop, signals: Arc::clone(&self.signals) };
            Ok(Box::new(connection) as Box<dyn Connection>)
        })
    }

    fn close(&self) -> BoxFuture<'_, Result<()>> {
        self.inner.close()
    }

    fn status(&self) -> PoolStatus {
        self.inner.status()
    }
}

impl Signals {
    async fn stop(&self) {
        self.stopped.notify_one();
        self.go_on.notified().await;
    }
}

impl Connection for StoppingConnection {
    fn fetch<'a>(&'a mut self, query: Query<'a>) -> BoxFuture<'a, Result<Rows>> {
        self.inner.fetch(query)
    }

    fn stream<'a>(&'a mut self, query: Query<'a>) -> BoxStream<'a, Result<Rows>> {
        self.inner.stream(query)
    }

    fn execute<'a>(&'a mut self, query: Query<'a>) -> BoxFuture<'a, Result<Outcome>> {
        Box::pin(async move {
            let is_entry = query.sql.starts_with("insert into") && query.sql.contains("audit_log");
            if is_entry && self.stop == Stop::BeforeEntry {
                self.signals.stop().await;
            }
            self.inner.execute(query).await
        })
    }

    fn prepare<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<()>> {
        self.inner.prepare(sql)
    }

    fn batch<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<()>> {
        self.inner.batch(sql)
    }

    fn begin<'a>(&'a mut self, options: &'a TransactionOptions) -> BoxFuture<'a, Result<()>> {
        self.inner.begin(options)
    }

    fn commit(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            if self.stop == Stop::BeforeCommit {
                self.signals.stop().await;
            }
            self.inner.commit().await
        })
    }

    fn rollback(&mut self) -> BoxFuture<'_, Result<()>> {
        self.inner.rollback()
    }

    fn savepoint(&mut self, depth: usize) -> BoxFuture<'_, Result<()>> {
        self.inner.savepoint(depth)
    }

    fn release_savepoint(&mut self, depth: usize) -> BoxFuture<'_, Result<()>> {
        self.inner.release_savepoint(depth)
    }

    fn rollback_to_savepoint(&mut self, depth: usize) -> BoxFuture<'_, Result<()>> {
        self.inner.rollback_to_savepoint(depth)
    }
}

async fn stopping(url: &str, stop: Stop) -> Result<(Db, Arc<Signals>)> {
    let signals = Arc::new(Signals::default());
    let inner = driver::connect(&ConnectOptions::new(url)).await?;
    let driver = Stopping { inner, stop, signals: Arc::clone(&signals) };
    Ok((Db::with_driver(driver).plugin(Audit::new()).connect().await?, signals))
}

/// One of every three rounds is one of each: an insert, an update, a delete; of one row or of several; by itself or
/// within a transaction.
async fn change(round: usize, db: &Db) -> Result<()> {
    let run = async |executor: &dyn Executor| {
        let several = round.is_multiple_of(2);
        match round % 3 {
            0 => {
                let rows = if several { 3 } else { 1 };
                let rows: Vec<_> = (0..rows).map(|at| thing(&format!("{round} {at}"))).collect();
                insert_into(things::table).values(rows).execute(executor).await
            }
            1 => {
                let q = update(things::table).set(things::count.to(round as i32));
                if several { q.all_rows() } else { q.filter(things::id.eq(1)) }.execute(executor).await
            }
            _ => {
                let q = delete_from(things::table);
                if several { q.all_rows() } else { q.filter(things::id.eq(1)) }.execute(executor).await
            }
        }
    };
    if round % 4 < 2 {
        run(db).await?;
    } else {
        db.transaction(async |trx| run(trx).await).await?;
    }
    Ok(())
}

/// The rows are those that the log tells of: each is as its newest entry has it, and there are no others.
async fn is_consistent(url: &str) {
    let db = loop {
        match Db::connect(url).await {
            Ok(db) => break db,
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    };
    let mut told: BTreeMap<i64, String> = BTreeMap::new();
    for entry in entries(&Audit::new(), &db).await {
        let key = entry.key().parse().unwrap();
        match entry.operation() {
            Operation::Delete => drop(told.remove(&key).expect("what is deleted was there")),
            _ => drop(told.insert(key, entry.after().unwrap().to_owned())),
        }
    }
    let rows = select_from(things::table).order_by(things::id).fetch_all(&db).await.unwrap();
    let found: BTreeMap<i64, String> = rows.iter().map(|row| (row.id, json(row))).collect();
    assert_eq!(found, told);
    db.close().await.unwrap();
}

fn json(row: &super::Thing) -> String {
    let null = || "null".to_owned();
    format!(
        r#"{{"id":{},"name":"{}","count":{},"ok":{},"deleted_at":null,"created_by":null,"updated_by":null}}"#,
        row.id,
        row.name,
        row.count.map_or_else(null, |it| it.to_string()),
        row.ok.map_or_else(null, |it| it.to_string()),
    )
}

/// How many rounds there are on a server.
fn rounds(server: Server) -> usize {
    match (std::env::var("KYSERA_FAULTS").is_ok(), server) {
        (false, _) => 6,
        // Two hundred in all, and more where a server is soon there again.
        (true, Server::Sqlite) => 80,
        (true, Server::Postgres15 | Server::Postgres18) => 40,
        (true, Server::Mysql9 | Server::Mariadb) => 20,
    }
}

/// Every fifth round stops later.
fn stop_of(round: usize) -> Stop {
    if round % 5 == 4 { Stop::BeforeCommit } else { Stop::BeforeEntry }
}

async fn filled(fresh: &Fresh) {
    create_table_for::<super::Thing>().execute(&fresh.db).await.unwrap();
    let db = Db::builder(fresh.url.clone()).plugin(Audit::new()).connect().await.unwrap();
    insert_into(things::table).values(["a", "b", "c"].map(thing)).execute(&db).await.unwrap();
    db.close().await.unwrap();
}

#[test]
fn whose_session_or_server_is_killed_leaves_both_or_neither() {
    let servers = [Server::Postgres15, Server::Postgres18, Server::Mysql9, Server::Mariadb];
    on_each(&servers, async |fresh| {
        filled(fresh).await;
        let (mut counted, mut round) = (0, 0);
        while counted < rounds(fresh.server) {
            let stop = stop_of(round);
            let (db, signals) = stopping(&fresh.url, stop).await.unwrap();
            let running = tokio::spawn(async move { change(round, &db).await });
            signals.stopped.notified().await;
            kill(fresh).await;
            signals.go_on.notify_one();
            let outcome = tokio::time::timeout(Duration::from_secs(30), running).await.unwrap().unwrap();
            assert!(outcome.is_err(), "it was killed");
            is_consistent(&fresh.url).await;
            // What was killed is done once more, by one who is not.
            let db = Db::builder(fresh.url.clone()).plugin(Audit::new()).connect().await.unwrap();
            change(round, &db).await.unwrap();
            refill(&db).await;
            db.close().await.unwrap();
            is_consistent(&fresh.url).await;
            counted += usize::from(stop == Stop::BeforeEntry);
            round += 1;
        }
        eprintln!("{}: killed {counted} times between change and entry", fresh.server.name());
    });
}

/// Makes sure that the next round has rows to change.
async fn refill(db: &Db) {
    let rows = select_from(things::table).select(things::id).fetch_all(db).await.unwrap();
    if !rows.contains(&1) {
        let q = insert_into(things::table).from_rows((things::id, things::name), [(1_i64, "one")]);
        q.execute(db).await.unwrap();
    }
}

/// Kills the sessions of a database, or its server where there is a program that does.
async fn kill(fresh: &Fresh) {
    if let Ok(program) = std::env::var("KYSERA_CRASH") {
        let name = fresh.server.name();
        let killing = tokio::task::spawn_blocking(move || Command::new(program).arg(name).status());
        assert!(killing.await.unwrap().unwrap().success(), "the server was not killed, or did not come up again");
        return;
    }
    let db = Db::connect(fresh.server.url()).await.unwrap();
    let name = fresh.name();
    if fresh.server.is_postgres() {
        let sql =
            format!("select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = '{name}'");
        db.batch_unchecked(&sql).await.unwrap();
    } else {
        let q = sql!("select id from information_schema.processlist where db = {}", name);
        for Session { id } in q.fetch_all_as::<Session>(&db).await.unwrap() {
            match db.batch_unchecked(&format!("kill {id}")).await {
                // One of the pool that was closed before may end by itself in between.
                Err(error) if error.as_database().is_some_and(|it| it.code() == "1094") => {}
                done => done.unwrap(),
            }
        }
    }
    db.close().await.unwrap();
}

#[derive(FromRow)]
struct Session {
    id: i64,
}

const ROUND: &str = "KYSERA_KILLED_ROUND";
const DATABASE: &str = "KYSERA_KILLED_DATABASE";

#[test]
fn a_program_that_is_killed_leaves_both_or_neither() {
    on_each(&[Server::Sqlite], async |fresh| {
        filled(fresh).await;
        let (mut counted, mut round) = (0, 0);
        while counted < rounds(fresh.server) {
            killed_program(round, &fresh.url);
            is_consistent(&fresh.url).await;
            let db = Db::builder(fresh.url.clone()).plugin(Audit::new()).connect().await.unwrap();
            change(round, &db).await.unwrap();
            refill(&db).await;
            db.close().await.unwrap();
            is_consistent(&fresh.url).await;
            counted += usize::from(stop_of(round) == Stop::BeforeEntry);
            round += 1;
        }
        eprintln!("sqlite: killed {counted} times between change and entry");
    });
}

/// Runs a round in a program of its own, and kills it when it has stopped.
fn killed_program(round: usize, url: &str) {
    let mut program = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "plugins::audit::faults::a_program_that_stops", "--nocapture"])
        .env(ROUND, round.to_string())
        .env(DATABASE, url)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("it has stopped")), "it ended before");
    // This is `SIGKILL`.
    program.kill().unwrap();
    program.wait().unwrap();
}

/// The program that is killed; run by itself, without a round, it has nothing to do.
#[test]
fn a_program_that_stops() {
    let (Ok(round), Ok(url)) = (std::env::var(ROUND), std::env::var(DATABASE)) else { return };
    run(async {
        let round = round.parse().unwrap();
        let (db, signals) = stopping(&url, stop_of(round)).await.unwrap();
        let running = tokio::spawn(async move { change(round, &db).await });
        signals.stopped.notified().await;
        println!("it has stopped");
        let _ = running.await;
        unreachable!("nobody tells it to go on");
    });
}
