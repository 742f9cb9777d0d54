//! Tags: a comment behind a statement, for those who read the logs of the server.

use super::writer::Writer;
use crate::error::{Error, Result};

/// What a comment behind a statement says: names and values, each name once.
///
/// It is written as [sqlcommenter](https://google.github.io/sqlcommenter/spec/) has it, in the order of the names. All but
/// ASCII letters, digits and `-`, `.`, `_`, `~` is percent-encoded, so nothing that is said in it ends the comment, begins
/// another one, or is taken for a placeholder or an instruction to the server.
///
/// ```
/// use kysera::dialect::{self, POSTGRES, Tags};
/// use kysera::prelude::*;
///
/// # #[derive(Table)]
/// # #[table(name = "users")]
/// # pub struct User { #[column(primary_key, generated)] id: i64 }
/// let mut tags = Tags::default();
/// tags.add("route", "/users/*/posts");
/// tags.add("application", "shop");
/// let statement = select_from(users::table).select(users::id).to_statement();
/// assert_eq!(
///     dialect::compile_tagged(&statement, &POSTGRES, &tags)?.sql,
///     r#"select "users"."id" from "users" /*application='shop',route='%2Fusers%2F%2A%2Fposts'*/"#,
/// );
/// # Ok::<(), kysera::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(Vec<(String, String)>);

impl Tags {
    /// Adds one; of several of one name, the last one is said.
    pub fn add(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let (name, value) = (name.into(), value.into());
        let Self(tags) = self;
        match tags.binary_search_by(|(other, _)| other.as_str().cmp(&name)) {
            Ok(at) => tags[at].1 = value,
            Err(at) => tags.insert(at, (name, value)),
        }
    }

    /// Adds all of others.
    pub(crate) fn extend(&mut self, others: &Self) {
        others.0.iter().for_each(|(name, value)| self.add(name.as_str(), value.as_str()));
    }

    /// True where nothing is said.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// How much of a comment there may be: what is longer says nothing that a log would keep.
const MOST_BYTES: usize = 4096;

impl Writer<'_> {
    /// Writes a comment. This is the only way for one into SQL.
    pub(super) fn tags(&mut self, tags: &Tags) -> Result<()> {
        let Tags(tags) = tags;
        if tags.is_empty() {
            return Ok(());
        }
        let before = self.sql.len();
        for (at, (name, value)) in tags.iter().enumerate() {
            if name.is_empty() {
                return Err(Error::invalid("a tag of a statement has no name"));
            }
            self.text(if at == 0 { " /*" } else { "," });
            self.encoded(name);
            self.text("='");
            self.encoded(value);
            self.text("'");
        }
        self.text("*/");
        if self.sql.len() - before > MOST_BYTES {
            return Err(Error::invalid(format!("the tags of a statement are longer than {MOST_BYTES} bytes")));
        }
        Ok(())
    }

    fn encoded(&mut self, text: &str) {
        const HEX: [u8; 16] = *b"0123456789ABCDEF";
        for byte in text.bytes() {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                self.sql.push(byte.into());
            } else {
                self.sql.push('%');
                self.sql.push(HEX[usize::from(byte >> 4)].into());
                self.sql.push(HEX[usize::from(byte & 0xf)].into());
            }
        }
    }
}
