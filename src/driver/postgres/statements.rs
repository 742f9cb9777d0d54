//! Prepared statements, and which are kept.

use std::collections::HashMap;
use std::sync::Arc;

use tokio_postgres::Statement;

use super::codec::Codec;
use super::encode::Param;
use crate::driver::ColumnInfo;
use crate::error::{Error, Result};
use crate::value::Value;

/// How many statements a session keeps. A statement costs the server some ten kilobytes, and a program that builds
/// its queries has no end of them.
const KEPT: usize = 256;

/// A statement that the server has planned, and all that is to be known about it.
pub(super) struct Prepared {
    pub(super) statement: Statement,
    pub(super) columns: Arc<[ColumnInfo]>,
    params: Box<[Codec]>,
    results: Box<[Codec]>,
    /// Whether it may change the session beyond itself, such as `set`.
    pub(super) alters_session: bool,
}

impl Prepared {
    pub(super) fn new(sql: &str, statement: Statement) -> Self {
        Self {
            columns: statement.columns().iter().map(|it| ColumnInfo { name: it.name().to_owned() }).collect(),
            params: statement.params().iter().map(Codec::of).collect(),
            results: statement.columns().iter().map(|it| Codec::of(it.type_())).collect(),
            alters_session: alters_session(sql),
            statement,
        }
    }

    /// How each column is read.
    pub(super) fn results(&self) -> &[Codec] {
        &self.results
    }

    /// Brings values and placeholders together.
    pub(super) fn bind<'a>(&'a self, values: &'a [Value]) -> Result<Vec<Param<'a>>> {
        if values.len() != self.params.len() {
            return Err(Error::invalid(format!(
                "the statement has {} placeholders, and {} values are bound",
                self.params.len(),
                values.len()
            )));
        }
        let pairs = values.iter().zip(&self.params).enumerate();
        Ok(pairs.map(|(at, (value, codec))| Param { position: at + 1, value, codec }).collect())
    }
}

/// The statements of one session by their text; the one unused for longest makes room.
#[derive(Default)]
pub(super) struct Statements {
    by_sql: HashMap<Box<str>, Entry>,
    clock: u64,
}

struct Entry {
    prepared: Arc<Prepared>,
    used_at: u64,
}

impl Statements {
    pub(super) fn get(&mut self, sql: &str) -> Option<Arc<Prepared>> {
        let entry = self.by_sql.get_mut(sql)?;
        self.clock += 1;
        entry.used_at = self.clock;
        Some(Arc::clone(&entry.prepared))
    }

    pub(super) fn insert(&mut self, sql: &str, prepared: Arc<Prepared>) {
        if self.by_sql.len() >= KEPT {
            // No two were used at the same time, so the order of the map does not matter.
            if let Some(oldest) = self.by_sql.values().map(|it| it.used_at).min() {
                self.by_sql.retain(|_, it| it.used_at != oldest);
            }
        }
        self.clock += 1;
        self.by_sql.insert(sql.into(), Entry { prepared, used_at: self.clock });
    }

    pub(super) fn remove(&mut self, sql: &str) {
        self.by_sql.remove(sql);
    }
}

/// Words that a statement may begin with which leaves nothing behind but rows.
const ROWS_ONLY: [&str; 9] = ["select", "insert", "update", "delete", "merge", "with", "values", "table", "explain"];
/// Functions that leave something behind nevertheless.
const LEAVING: [&str; 2] = ["set_config", "advisory_lock"];

/// Whether a statement may leave the session other than it was: a setting, a lock, a temporary table, a transaction.
///
/// A guess on the safe side; what a function of the user's does inside is beyond it.
fn alters_session(sql: &str) -> bool {
    let sql = after_comments(sql);
    let word = sql.split(|it: char| !it.is_ascii_alphabetic()).next().unwrap_or_default();
    !ROWS_ONLY.iter().any(|it| word.eq_ignore_ascii_case(it)) || {
        let sql = sql.to_ascii_lowercase();
        LEAVING.iter().any(|it| sql.contains(it))
    }
}

fn after_comments(mut sql: &str) -> &str {
    loop {
        sql = sql.trim_start_matches(|it: char| it.is_whitespace() || it == '(');
        let rest = match sql.get(..2) {
            Some("--") => sql.split_once('\n'),
            Some("/*") => sql.split_once("*/"),
            _ => None,
        };
        match rest {
            Some((_, rest)) => sql = rest,
            None => return sql,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_alters_a_session_is_told_by_its_words() {
        for sql in [
            "select 1",
            "  /* tag */ -- more\n SELECT 1",
            "(select 1) union (select 2)",
            "with a as (select 1) select * from a",
            "insert into t values (1)",
            "select pg_advisory_xact_lock(1)",
        ] {
            assert!(!alters_session(sql), "{sql}");
        }
        for sql in [
            "set a = 1",
            "begin",
            "/* tag */ listen a",
            "create temp table t ()",
            "select SET_CONFIG('a', 'b', false)",
            "select pg_try_advisory_lock(1)",
            "selection",
            "",
        ] {
            assert!(alters_session(sql), "{sql}");
        }
    }
}
