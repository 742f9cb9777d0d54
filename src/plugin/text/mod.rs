//! What can be told of text within a statement, without knowing the grammar of any server.

mod calls;
mod operands;
mod tokens;

use self::calls::{calls_only_known, ends_in_value, split_qualifiers};
use self::operands::{is_distinct_from, is_joined_by_operators};
use self::tokens::{Token, is_in_word, tokens};
use super::functions::HarmlessFunctions;
use crate::ast::{Fragment, Raw, RawPart};
use crate::error::{Error, Result};

/// The words without which no text reads another table, or adds a clause: these wherever they stand.
const READS: [&str; 5] = ["select", "table", "values", "call", "execute"];

/// And these outside of its parentheses. Within them they need one of the others before them, or are of a function:
/// `extract(year from ..)`.
const CLAUSES: [&str; 10] =
    ["from", "join", "straight_join", "with", "into", "returning", "union", "intersect", "except", "where"];

/// The words without which no text changes rows, functions aside. Definitions are not among them: no log is kept of them, and
/// they do not stand within a statement.
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
        Fragment::Function { .. } => Ok(()),
    }
}

fn is_closed(text: &str) -> Result<()> {
    let mut quote = None;
    let mut depth = 0_usize;
    let mut before = ' ';
    for (at, char) in text.char_indices() {
        let refused = char == '\\' || (char.is_control() && !char.is_ascii_whitespace());
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
                !ends_in_variable(text.get(..at).unwrap_or_default())
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
            (None, ';' | '#' | '$' | '`' | '[' | ']' | '{' | '}') => false,
            (None, char) if char.is_ascii_whitespace() => true,
            // To a server it is a letter of a name, or a space.
            (None, char) => char.is_ascii() || char.is_alphanumeric(),
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

/// Whether text ends in a variable, `@name` or `:name`: one server takes what stands in parentheses after it for a part of its
/// name, quotes too. `value::type` is none.
fn ends_in_variable(text: &str) -> bool {
    let without_word = |text| str::trim_end_matches(text, |it| is_in_word(it) || !it.is_ascii());
    let mut before = without_word(text);
    if before.len() == text.len() && !text.ends_with("::") {
        return false;
    }
    while let Some(outside) = before.strip_suffix("::") {
        before = without_word(outside);
    }
    before.ends_with(['@', ':']) && !before.ends_with("@@")
}

/// Refuses text that holds any of these words, wherever they stand.
pub(super) fn has_none_of(raw: &Raw, words: &[&str]) -> Result<()> {
    let text = written(raw).to_lowercase();
    match text.split(|it: char| !is_in_word(it)).find(|word| words.contains(word)) {
        Some(word) => Err(holds(word)),
        None => Ok(()),
    }
}

fn holds(word: &str) -> Error {
    Error::invalid(format!("text within a statement must not hold the word `{word}` here"))
}

/// Refuses text of one expression that holds a word of a statement that writes, or calls a function that is not
/// harmless. What stands in quotes is no word, and `insert`, `replace` and `truncate` before a parenthesis are functions.
pub(super) fn writes_nothing(raw: &Raw, functions: &HarmlessFunctions) -> Result<()> {
    let tokens = tokens(raw);
    calls_only_known(&tokens, functions, &CHANGES)?;
    is_joined_by_operators(&tokens)
}

/// Refuses text of one expression that may read a table: by its words, by a function that is not harmless, or by
/// `in` before a name, which one server takes for all rows of that table.
fn reads_no_table(raw: &Raw, functions: &HarmlessFunctions) -> Result<()> {
    let tokens = tokens(raw);
    calls_only_known(&tokens, functions, &READS)?;
    // What stands before each parenthesis that is open.
    let mut open = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let (before, after) = (tokens.get(..at).unwrap_or_default(), tokens.get(at + 1));
        match token {
            Token::Other('(') => open.push(before.last()),
            Token::Other(')') => _ = open.pop(),
            Token::Word(word) if word == "in" => {
                let is_of_function = matches!(open.last(), Some(Some(Token::Word(it))) if is_with_in(it));
                if !is_of_function && !matches!(after, Some(Token::Other('('))) {
                    return Err(Error::invalid(
                        "text within a statement must have a list in parentheses after `in` here",
                    ));
                }
            }
            Token::Word(word) if word == "from" && is_distinct_from(before) => {}
            Token::Word(word) if open.is_empty() && CLAUSES.contains(&word.as_str()) => return Err(holds(word)),
            Token::Word(_) | Token::Name(_) if is_of_system(before) && token.name().is_some_and(is_left_behind) => {
                return Err(holds(token.name().unwrap_or_default()));
            }
            // To one server a string is a name there.
            Token::Other('\'') if matches!(before, [.., Token::Other('.')]) && is_of_system(before) => {
                return Err(Error::invalid("text within a statement must name a variable without quotes here"));
            }
            // It stands for as many values as the row has fields, or none, so those behind it are in other columns.
            Token::Other('*')
                if matches!(before, [.., Token::Other('.')]) && ends_in_value(split_qualifiers(before)?.0) =>
            {
                return Err(Error::invalid("text within a statement must not hold all fields of a row here"));
            }
            Token::Word(_) | Token::Name(_) | Token::Slot | Token::Operand | Token::Other(_) => {}
        }
    }
    is_joined_by_operators(&tokens)
}

/// Whether a variable of a server tells what a statement before has left on the connection.
fn is_left_behind(name: &str) -> bool {
    ["identity", "last_insert_id", "insert_id", "warning_count", "error_count", "last_gtid", "statement_id"]
        .iter()
        .any(|it| name.eq_ignore_ascii_case(it))
}

/// Whether what comes now is a variable of the server: `@@name`, `@@session.name`.
fn is_of_system(before: &[Token]) -> bool {
    let before = match before {
        [before @ .., Token::Word(_), Token::Other('.')] => before,
        before => before,
    };
    matches!(before, [.., Token::Other('@'), Token::Other('@')])
}

/// Whether `in` within the parentheses of a function is no operator: `position(.. in ..)`, `against (.. in boolean mode)`.
fn is_with_in(function: &str) -> bool {
    matches!(function, "position" | "against")
}

/// Refuses what may reach a table that a statement does not name as such.
pub(super) fn reaches_no_table(fragment: Fragment<'_>, functions: &HarmlessFunctions) -> Result<()> {
    match fragment {
        Fragment::Statement(_) => Err(is_not_run()),
        Fragment::Text(raw) => {
            is_one_expression(raw)?;
            reads_no_table(raw, functions)
        }
        Fragment::Function { schema, name } => functions.only_call(schema, name),
    }
}

/// What is said of a statement of text.
pub(super) fn is_not_run() -> Error {
    Error::invalid("nobody knows which rows text reaches, so none is run, unless by `allow_text`")
}
