//! Prepared statements, and which are kept.

use std::collections::HashMap;
use std::sync::Arc;

use tokio_postgres::Statement;

use super::codec::Codec;
use super::encode::Param;
use crate::driver::ColumnInfo;
use crate::driver::words::Words;
use crate::error::{Error, Result};
use crate::value::Value;

/// How many statements a session keeps. A statement costs the server some ten kilobytes, and a program that builds
/// its queries has no end of them.
const KEPT: usize = 256;

/// What tells whether a statement leaves something behind, see [`Words`].
const WORDS: Words = Words {
    rows_only: &["select", "insert", "update", "delete", "merge", "with", "values", "table", "explain"],
    leaving: &["set_config", "advisory_lock"],
};

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
            columns: statement.columns().iter().map(|it| ColumnInfo::new(it.name())).collect(),
            params: statement.params().iter().map(Codec::of).collect(),
            results: statement.columns().iter().map(|it| Codec::of(it.type_())).collect(),
            alters_session: WORDS.alter_session(sql),
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
