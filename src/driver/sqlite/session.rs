//! What is done on a connection, without a future in sight.

use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{CachedStatement, OpenFlags, Statement};

use super::interrupt::{Interrupt, UNSTOPPABLE};
use super::location::{Location, Mode};
use super::pool::Role;
use super::{decimal, error, value};
use crate::driver::{ColumnInfo, Outcome, Query, Rows, TransactionOptions};
use crate::error::{Error, Result};
use crate::value::Value;

/// How many statements a connection keeps prepared.
const STATEMENTS: usize = 100;

/// How many rows a batch of a stream has.
const BATCH: usize = 256;

/// The row id that stands for "nothing was inserted": SQLite keeps the last one for ever, and only another insert
/// takes its place.
const NO_ROW_ID: i64 = i64::MIN;

const FORGET_ROW_ID: &str = "replace into temp.kysera_no_row_id (id) values (-9223372036854775808)";

/// Statements that drop what of a user's is temporary, whose names SQLite quotes itself: views and triggers before
/// tables, and tables before those that are parts of them.
const DROP_TEMPORARY: &str = "select printf('drop %s if exists temp.\"%w\"', type, name) from temp.sqlite_schema \
where type <> 'index' and name <> 'kysera_no_row_id' and name not glob 'sqlite_*' order by type desc, rowid";

/// Counts a connection as long as it is open.
#[derive(Debug)]
pub(super) struct Open(Arc<AtomicUsize>);

impl Open {
    pub(super) fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Whether whoever asks is in a transaction, by all that was answered to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Within {
    Nothing,
    Transaction,
}

/// A connection of SQLite.
#[derive(Debug)]
pub(super) struct Session {
    connection: rusqlite::Connection,
    interrupt: Arc<Interrupt>,
    /// True from `begin` to `commit` or `rollback`.
    begun: bool,
    /// True where the transaction may not write.
    query_only: bool,
    /// True where the file was opened to read only.
    read_only: bool,
    /// Counts it, until everything else here is dropped.
    _open: Open,
}

impl Session {
    /// Opens the database.
    pub(super) fn open(location: &Location, role: Role, open: Open) -> Result<Self> {
        let read_only = role == Role::Reader || location.mode == Mode::Read;
        let failed = |error: Error| {
            let cause = error.as_database().map_or_else(|| error.to_string(), |it| it.message().to_owned());
            Error::connect(location.describe(), cause, Some(error.into()))
        };
        let access = match location.mode {
            _ if read_only => OpenFlags::SQLITE_OPEN_READ_ONLY,
            Mode::Read | Mode::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
            Mode::Create => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        };
        let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = match &location.file {
            Some(file) => rusqlite::Connection::open_with_flags(file, flags),
            None => rusqlite::Connection::open_in_memory_with_flags(flags),
        };
        let connection = connection.map_err(error::text).map_err(failed)?;
        let interrupt = Interrupt::new(location.busy_timeout);
        let mut session = Self { connection, interrupt, begun: false, query_only: false, read_only, _open: open };
        session.configure(location).map_err(failed)?;
        Ok(session)
    }

    fn configure(&mut self, location: &Location) -> Result<()> {
        self.interrupt.install(&mut self.connection)?;
        self.interrupt.start(UNSTOPPABLE);
        for (setting, on) in [
            (DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true),
            (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
            (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
            (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
            (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        ] {
            self.connection.set_db_config(setting, on).map_err(error::text)?;
        }
        self.connection.create_collation("kysera_decimal", decimal::compare).map_err(error::text)?;
        self.connection.set_prepared_statement_cache_capacity(STATEMENTS);
        if self.read_only {
            // Reads the header, so that what is no database is told now.
            return self.run("pragma schema_version");
        }
        if location.file.is_some() {
            self.write_ahead(location.busy_timeout)?;
        }
        self.run("pragma synchronous = normal")?;
        self.run("create temp table kysera_no_row_id (id integer primary key) strict")
    }

    /// Switches the journal to WAL. Where several programs do so to a new file at once, SQLite refuses some of them
    /// without waiting.
    fn write_ahead(&self, patience: Duration) -> Result<()> {
        let since = Instant::now();
        loop {
            match self.run("pragma journal_mode = wal") {
                Err(error) if error.is_lock_timeout() && since.elapsed() < patience => {
                    thread::sleep(Duration::from_millis(5));
                }
                result => return result,
            }
        }
    }

    pub(super) fn interrupt(&self) -> &Arc<Interrupt> {
        &self.interrupt
    }

    /// Does the job of that number for somebody who believes to be `within` a transaction, or not.
    ///
    /// The two can differ: SQLite rolls a transaction back by itself after some errors, and somebody may have stopped
    /// waiting for a `begin` or `commit` before its answer came. Then nothing is done in a transaction that the other
    /// side does not know of, nor outside of one that it counts on.
    pub(super) fn perform<T>(
        &mut self,
        job: u64,
        within: Within,
        work: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        self.interrupt.start(UNSTOPPABLE);
        match within {
            Within::Nothing if self.begun => self.rollback()?,
            Within::Transaction if self.connection.is_autocommit() => {
                return Err(Error::closed(
                    "the transaction is over: SQLite rolled it back after an error, or a statement in it ended it, as \
                     `commit` does, and what came before may be stored; run such statements outside of transactions",
                ));
            }
            Within::Nothing | Within::Transaction => {}
        }
        self.interrupt.start(job);
        if self.interrupt.is_unwanted() { Err(error::cancelled()) } else { work(self) }
    }

    /// Makes the connection as it was when it was opened.
    pub(super) fn clean(&mut self) -> Result<()> {
        self.interrupt.start(UNSTOPPABLE);
        self.rollback()?;
        self.drop_temporary()?;
        // Migrations switch them off.
        self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true).map_err(error::text)?;
        Ok(())
    }

    /// Drops the temporary tables, views and triggers that its user left: they stand before others of their name.
    fn drop_temporary(&self) -> Result<()> {
        let drops: Vec<String> = {
            let mut statement = self.connection.prepare_cached(DROP_TEMPORARY).map_err(error::text)?;
            let rows = statement.query_map([], |row| row.get(0)).map_err(error::text)?;
            rows.collect::<Result<_, _>>().map_err(error::text)?
        };
        if drops.is_empty() {
            return Ok(());
        }
        // Otherwise their rows would have to be there for each other to the end.
        self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, false).map_err(error::text)?;
        drops.iter().try_for_each(|drop| self.connection.execute_batch(drop)).map_err(error::text)
    }

    pub(super) fn fetch(&mut self, query: Query<'_>) -> Result<Rows> {
        let mut all = None;
        self.query(query, usize::MAX, |rows| {
            all = Some(rows);
            true
        })?;
        Ok(all.unwrap_or_else(|| Rows::new(Arc::default())))
    }

    /// Gives the rows in batches, until there are no more or `deliver` answers `false`.
    pub(super) fn stream(&mut self, query: Query<'_>, mut deliver: impl FnMut(Rows) -> bool) -> Result<()> {
        self.query(query, BATCH, |rows| rows.is_empty() || deliver(rows))
    }

    /// Gives the rows in batches of that size, of which the last may be smaller, or empty.
    fn query(&mut self, query: Query<'_>, batch: usize, mut deliver: impl FnMut(Rows) -> bool) -> Result<()> {
        let refused = error::refused(query.params);
        let mut statement = self.statement(query)?;
        let mut cursor = statement.raw_query();
        let mut row = cursor.next().map_err(refused)?;
        // The columns are asked for after the first step: it prepares a statement again whose tables have changed.
        let Some(first) = row else {
            drop(cursor);
            deliver(Rows::new(columns(&statement)));
            return Ok(());
        };
        let (columns, declared) = (columns(first.as_ref()), value::declared(first.as_ref()));
        let mut rows = Rows::new(Arc::clone(&columns));
        while let Some(current) = row {
            for (at, (column, declared)) in columns.iter().zip(&declared).enumerate() {
                rows.push(value::read(current.get_ref(at).map_err(refused)?, &column.name, *declared)?);
            }
            if rows.len() == batch && !deliver(mem::replace(&mut rows, Rows::new(Arc::clone(&columns)))) {
                return Ok(());
            }
            row = cursor.next().map_err(refused)?;
        }
        deliver(rows);
        Ok(())
    }

    pub(super) fn execute(&mut self, query: Query<'_>) -> Result<Outcome> {
        let mut statement = self.statement(query)?;
        if statement.readonly() || self.query_only || self.read_only {
            finish(&mut statement, query.params)?;
            return Ok(Outcome::default());
        }
        let may_insert = !starts_with(query.sql, "update") && !starts_with(query.sql, "delete");
        if may_insert {
            self.run(FORGET_ROW_ID)?;
        }
        let before = self.connection.total_changes();
        finish(&mut statement, query.params)?;
        // What does not change rows, such as `create table`, leaves the count of the statement before it.
        let changed = self.connection.total_changes() != before;
        let rows_affected = if changed { self.connection.changes() } else { 0 };
        let row_id = self.connection.last_insert_rowid();
        Ok(Outcome::new(rows_affected, (may_insert && row_id != NO_ROW_ID).then_some(row_id)))
    }

    pub(super) fn prepare(&mut self, sql: &str) -> Result<()> {
        without_nul(sql)?;
        self.connection.prepare_cached(sql).map(drop).map_err(error::text)
    }

    pub(super) fn batch(&mut self, sql: &str) -> Result<()> {
        without_nul(sql)?;
        self.connection.execute_batch(sql).map_err(error::text)
    }

    /// Starts a transaction; one that may write takes the lock for it now, because one that reads first and then
    /// finds that somebody else wrote could only be rolled back.
    pub(super) fn begin(&mut self, options: TransactionOptions) -> Result<()> {
        if options.read_only {
            self.run("pragma query_only = on")?;
            self.query_only = true;
        }
        let sql = if options.read_only || self.read_only { "begin deferred" } else { "begin immediate" };
        let result = self.run(sql);
        match result {
            Ok(()) => self.begun = true,
            Err(_) => self.allow_writes()?,
        }
        result
    }

    /// Commits, or rolls back where that fails: either way the transaction is over.
    pub(super) fn commit(&mut self) -> Result<()> {
        match self.run("commit") {
            Ok(()) => {
                self.begun = false;
                self.allow_writes()
            }
            Err(error) => {
                self.rollback()?;
                Err(error)
            }
        }
    }

    /// Rolls back, where there still is a transaction.
    pub(super) fn rollback(&mut self) -> Result<()> {
        if !self.connection.is_autocommit() {
            self.run("rollback")?;
        }
        self.begun = false;
        self.allow_writes()
    }

    pub(super) fn savepoint(&mut self, depth: usize) -> Result<()> {
        self.batch(&format!("savepoint kysera_{depth}"))
    }

    pub(super) fn release_savepoint(&mut self, depth: usize) -> Result<()> {
        self.batch(&format!("release kysera_{depth}"))
    }

    pub(super) fn rollback_to_savepoint(&mut self, depth: usize) -> Result<()> {
        self.batch(&format!("rollback to kysera_{depth}; release kysera_{depth}"))
    }

    fn allow_writes(&mut self) -> Result<()> {
        if self.query_only {
            self.run("pragma query_only = off")?;
            self.query_only = false;
        }
        Ok(())
    }

    /// Runs one of this driver's own statements.
    fn run(&self, sql: &str) -> Result<()> {
        let mut statement = self.connection.prepare_cached(sql).map_err(error::text)?;
        finish(&mut statement, &[])
    }

    /// Prepares a statement and binds its values.
    fn statement(&self, Query { sql, params }: Query<'_>) -> Result<CachedStatement<'_>> {
        without_nul(sql)?;
        let mut statement = self.connection.prepare_cached(sql).map_err(error::text)?;
        let (expected, found) = (statement.parameter_count(), params.len());
        if expected != found {
            return Err(Error::invalid(format!(
                "the statement has {expected} placeholders, and {found} values are bound"
            )));
        }
        for (position, param) in (1..).zip(params) {
            statement.raw_bind_parameter(position, value::bind(param, position)?).map_err(error::bound)?;
        }
        Ok(statement)
    }
}

/// SQLite reads a statement up to the first NUL only, so what follows, such as its `where`, would be left out.
fn without_nul(sql: &str) -> Result<()> {
    if sql.as_bytes().contains(&0) { Err(Error::invalid("a statement must not hold NUL")) } else { Ok(()) }
}

/// Runs a statement to its end, whatever rows it gives.
fn finish(statement: &mut Statement<'_>, params: &[Value]) -> Result<()> {
    let refused = error::refused(params);
    let mut rows = statement.raw_query();
    while rows.next().map_err(refused)?.is_some() {}
    Ok(())
}

fn columns(statement: &Statement<'_>) -> Arc<[ColumnInfo]> {
    statement.column_names().into_iter().map(ColumnInfo::new).collect()
}

fn starts_with(sql: &str, word: &str) -> bool {
    sql.trim_start().get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    fn session() -> Session {
        let location = Location::parse("sqlite::memory:").unwrap();
        Session::open(&location, Role::Writer, Open::new(&Arc::default())).unwrap()
    }

    /// How often the statement of that text that is kept has run; one that is prepared anew has not.
    fn runs(session: &Session, sql: &str) -> i32 {
        session.connection.prepare_cached(sql).unwrap().get_status(StatementStatus::Run)
    }

    #[test]
    fn statements_are_prepared_once_and_kept() {
        let mut session = session();
        session.batch("create table t (n integer)").unwrap();
        let (insert, count) = ("insert into t values (?)", "select count(*) from t");
        for n in 0..3 {
            session.execute(Query { sql: insert, params: &[Value::I64(n)] }).unwrap();
            session.fetch(Query { sql: count, params: &[] }).unwrap();
        }
        assert_eq!((runs(&session, insert), runs(&session, count)), (3, 3));
        // As many of them are kept as there is room for, and the driver's own with them.
        let text = |n: usize| format!("select {n}");
        for n in 0..STATEMENTS {
            session.fetch(Query { sql: &text(n), params: &[] }).unwrap();
        }
        assert_eq!(runs(&session, &text(0)), 1);
        session.fetch(Query { sql: "select -1", params: &[] }).unwrap();
        assert_eq!(runs(&session, &text(1)), 0, "the one that was not used for longest has made room");
    }
}
