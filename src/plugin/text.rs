//! What can be told of text within a statement, without knowing the grammar of any server.

use crate::ast::{Fragment, Raw, RawPart};
use crate::error::{Error, Result};

/// The words without which no text reads another table, or adds a clause.
pub(super) const READS: [&str; 15] = [
    "select",
    "table",
    "from",
    "join",
    "straight_join",
    "with",
    "values",
    "into",
    "returning",
    "union",
    "intersect",
    "except",
    "where",
    "call",
    "execute",
];

/// The words without which no text writes, functions aside.
const WRITES: [&str; 14] = [
    "insert",
    "update",
    "delete",
    "replace",
    "merge",
    "into",
    "create",
    "drop",
    "alter",
    "truncate",
    "call",
    "execute",
    "copy",
    "returning",
];

/// The words without which no text changes rows, functions aside. Definitions are not among them: no log is kept of them.
pub(super) const CHANGES: [&str; 13] = [
    "insert",
    "update",
    "delete",
    "replace",
    "merge",
    "into",
    "truncate",
    "call",
    "do",
    "execute",
    "copy",
    "load",
    "returning",
];

/// Parts of the names of functions that run or read what a text names, on one server or another.
const READERS: [&str; 14] = [
    "dblink",
    "_to_xml",
    "ts_stat",
    "ts_rewrite",
    "pg_read",
    "pg_ls",
    "pg_stat",
    "load_file",
    "load_extension",
    "readfile",
    "crosstab",
    "connectby",
    "xpath_table",
    "set_config",
];

/// Parts of the names of functions that write, run text or change what the connection does, on one server or another.
const WRITERS: [&str; 20] = [
    "nextval",
    "setval",
    "set_config",
    "dblink",
    "query_to_xml",
    "cursor_to_xml",
    "pg_advisory",
    "pg_try_advisory",
    "pg_terminate",
    "pg_cancel",
    "pg_notify",
    "pg_reload",
    "pg_rotate",
    "pg_logical",
    "pg_file",
    "last_insert_id",
    "get_lock",
    "release_",
    "load_extension",
    "writefile",
];

/// Functions that need no look, since they are in many statements.
const HARMLESS: [&str; 7] = ["count", "coalesce", "sum", "min", "max", "avg", "nullif"];

/// Functions that give the same for the same, on every server.
const CERTAIN: [&str; 7] = ["lower", "upper", "trim", "coalesce", "nullif", "concat", "abs"];

/// What stands for a slot: no word, and nothing that begins or ends one.
const SLOT: &str = " ? ";

/// The text with its slots.
fn written(raw: &Raw) -> String {
    let Raw { parts } = raw;
    parts
        .iter()
        .map(|part| match part {
            RawPart::Text(text) => text,
            RawPart::Ident(_) | RawPart::Expr(_) => SLOT,
        })
        .collect()
}

/// Refuses text that may be more than one expression: that ends the parentheses or the clause it stands in, or hides
/// what comes after it. What it refuses goes far, because servers differ in what is a quote or a comment.
pub(super) fn is_one_expression(raw: &Raw) -> Result<()> {
    is_closed(&written(raw))
}

/// Refuses text that ends before what stands around it, so that a condition behind it would not hold for all of it.
pub(super) fn is_closed_in(fragment: Fragment<'_>) -> Result<()> {
    match fragment {
        Fragment::Statement(raw) => is_closed(&written(raw).replace(',', " ")),
        Fragment::Text(raw) => is_one_expression(raw),
        Fragment::Function(_) => Ok(()),
    }
}

fn is_closed(text: &str) -> Result<()> {
    let mut quote = None;
    let mut depth = 0_usize;
    let mut before = ' ';
    for char in text.chars() {
        let refused = char == '\\' || (char.is_control() && !char.is_whitespace());
        let fits = match (quote, char) {
            (Some(open), char) => {
                if open == char {
                    quote = None;
                }
                true
            }
            (None, '\'' | '"') => {
                quote = Some(char);
                // `U&"..." uescape '!'` spells a name in other letters.
                before != '&'
            }
            (None, '(') => {
                depth += 1;
                true
            }
            (None, ')') => match depth.checked_sub(1) {
                Some(outside) => {
                    depth = outside;
                    true
                }
                None => false,
            },
            (None, ',') => depth > 0,
            (None, '-') => before != '-',
            (None, '*') => before != '/',
            (None, ';' | '#' | '$' | '`' | '[' | ']') => false,
            (None, _) => true,
        };
        if refused || !fits {
            return Err(Error::invalid("text within a statement must be one expression here, without comments"));
        }
        before = char;
    }
    if depth > 0 || quote.is_some() {
        return Err(Error::invalid("text within a statement must close its quotes and parentheses here"));
    }
    Ok(())
}

/// Refuses text that holds any of these words, wherever they stand.
pub(super) fn has_none_of(raw: &Raw, words: &[&str]) -> Result<()> {
    let text = written(raw).to_lowercase();
    match text.split(|it: char| !is_in_word(it)).find(|word| words.contains(word)) {
        Some(word) => Err(Error::invalid(format!("text within a statement must not hold the word `{word}` here"))),
        None => Ok(()),
    }
}

/// Refuses text of one expression that holds a word of a statement that writes, or calls a function that is known to. What
/// stands in quotes is no word, and `insert`, `replace` and `truncate` before a parenthesis are functions.
pub(super) fn writes_nothing(raw: &Raw) -> Result<()> {
    let mut quote = None;
    let outside: String = written(raw)
        .chars()
        .map(|char| match (quote, char) {
            (Some(open), char) => {
                if open == char {
                    quote = None;
                }
                ' '
            }
            (None, '\'' | '"') => {
                quote = Some(char);
                ' '
            }
            (None, char) => char,
        })
        .collect();
    let text = outside.to_lowercase();
    let mut rest = text.as_str();
    while let Some(start) = rest.find(is_in_word) {
        rest = rest.get(start..).unwrap_or_default();
        let end = rest.find(|it| !is_in_word(it)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let is_call = after.trim_start().starts_with('(');
        if is_call {
            writes_by_no_call(word)?;
        }
        if WRITES.contains(&word) && !(is_call && ["insert", "replace", "truncate"].contains(&word)) {
            return Err(Error::invalid(format!("text within a statement must not hold the word `{word}` here")));
        }
        rest = after;
    }
    // The name of a function may be in quotes.
    let all = written(raw).to_lowercase();
    if all.contains('"') { all.split('"').try_for_each(writes_by_no_call) } else { Ok(()) }
}

/// Refuses a function that is known to write, to run text, or to change what the connection does.
pub(super) fn writes_by_no_call(function: &str) -> Result<()> {
    let name = function.to_lowercase();
    if WRITERS.iter().any(|part| name.contains(part)) || name.starts_with("lo_") {
        return Err(Error::invalid(format!("the function `{name}` may write")));
    }
    Ok(())
}

/// Whether a function gives the same for the same, as far as that is known.
pub(super) fn is_certain(function: &str) -> bool {
    CERTAIN.iter().any(|name| function.eq_ignore_ascii_case(name))
}

/// Refuses text that may read a table: by its words, by a function, or by `in` before a name, which one server takes for
/// all rows of that table.
pub(super) fn reads_no_table(raw: &Raw) -> Result<()> {
    has_none_of(raw, &READS)?;
    let text = written(raw).to_lowercase();
    text.split(|it: char| !is_in_word(it)).try_for_each(reads_no_text)?;
    for (at, word) in text.match_indices("in") {
        let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at + word.len()..).unwrap_or_default());
        let is_word = !before.ends_with(is_in_word) && !after.starts_with(is_in_word);
        if is_word && !after.trim_start().starts_with('(') {
            return Err(Error::invalid("text within a statement must have a list in parentheses after `in` here"));
        }
    }
    Ok(())
}

/// Refuses a function that runs or reads what a text names.
pub(super) fn reads_no_text(function: &str) -> Result<()> {
    if HARMLESS.contains(&function) {
        return Ok(());
    }
    let name = function.to_lowercase();
    if READERS.iter().any(|part| name.contains(part)) || name.starts_with("lo_") {
        return Err(Error::invalid(format!("the function `{name}` may read any table")));
    }
    Ok(())
}

fn is_in_word(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

/// Refuses what may reach a table that a statement does not name as such.
pub(super) fn reaches_no_table(fragment: Fragment<'_>) -> Result<()> {
    match fragment {
        Fragment::Statement(_) => Err(is_not_run()),
        Fragment::Text(raw) => {
            is_one_expression(raw)?;
            reads_no_table(raw)
        }
        Fragment::Function(name) => reads_no_text(name.as_str()),
    }
}

/// What is said of a statement of text.
pub(super) fn is_not_run() -> Error {
    Error::invalid("nobody knows which rows text reaches, so none is run, unless by `allow_text`")
}
