//! What can be told of text within a statement, without knowing the grammar of any server.

use super::functions::{HarmlessFunctions, is_word_before_parenthesis, qualified};
use crate::ast::{Expr, Fragment, Ident, Raw, RawPart};
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
            (None, ';' | '#' | '$' | '`' | '[' | ']') => false,
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
    if before.len() == text.len() {
        return false;
    }
    while let Some(outside) = before.strip_suffix("::") {
        before = without_word(outside);
    }
    before.ends_with(['@', ':'])
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

/// What text is made of, as far as it shows which functions it calls.
enum Token {
    /// A word outside of quotes, in lower case.
    Word(String),
    /// A name in quotes, or one that was put in, in lower case.
    Name(String),
    /// What was put in, and is no name.
    Slot,
    /// Any other character, and a string.
    Other(char),
}

fn tokens(raw: &Raw) -> Vec<Token> {
    let Raw { parts } = raw;
    let mut tokens = Vec::new();
    let (mut text, mut quote) = (String::new(), None);
    for part in parts {
        if let RawPart::Text(more) = part {
            text.push_str(more);
            continue;
        }
        tokens_of(&std::mem::take(&mut text), &mut quote, &mut tokens);
        if quote.is_none() {
            tokens.push(put_in(part).map_or(Token::Slot, |name| Token::Name(name.as_str().to_lowercase())));
        }
    }
    tokens_of(&text, &mut quote, &mut tokens);
    tokens
}

/// The name that was put in, if it is one: a column of no table is written as such, whatever it is the name of.
fn put_in(part: &RawPart) -> Option<Ident> {
    match part {
        RawPart::Ident(name) => Some(name.clone()),
        RawPart::Expr(Expr::Column(column)) if column.table().is_none() => Some(column.name()),
        RawPart::Text(_) | RawPart::Expr(_) => None,
    }
}

/// Adds those of the text between two slots, which may begin and end within quotes.
fn tokens_of(text: &str, quote: &mut Option<(char, String)>, tokens: &mut Vec<Token>) {
    let mut chars = text.chars().peekable();
    let mut word = String::new();
    while let Some(char) = chars.next() {
        if let Some((open, inside)) = quote {
            // A quote that stands twice is one of the name.
            if char != *open || chars.next_if_eq(open).is_some() {
                inside.extend(char.to_lowercase());
            } else {
                tokens.push(if char == '"' { Token::Name(std::mem::take(inside)) } else { Token::Other(char) });
                *quote = None;
            }
            continue;
        }
        if is_in_word(char) {
            word.extend(char.to_lowercase());
            if chars.peek().is_some_and(|it| is_in_word(*it)) {
                continue;
            }
            tokens.push(Token::Word(std::mem::take(&mut word)));
        } else if matches!(char, '\'' | '"') {
            *quote = Some((char, String::new()));
        } else if !char.is_whitespace() {
            tokens.push(Token::Other(char));
        }
    }
}

/// Refuses text of one expression that holds a word of a statement that writes, or calls a function that is not
/// harmless. What stands in quotes is no word, and `insert`, `replace` and `truncate` before a parenthesis are functions.
pub(super) fn writes_nothing(raw: &Raw, functions: &HarmlessFunctions) -> Result<()> {
    calls_only_known(&tokens(raw), functions, &CHANGES)
}

/// Refuses a call, in whatever way it is written, of a function that is not harmless, what has an effect without
/// being one, and these words where they are no function.
fn calls_only_known(tokens: &[Token], functions: &HarmlessFunctions, words: &[&str]) -> Result<()> {
    for (at, token) in tokens.iter().enumerate() {
        let (before, after) = (tokens.get(..at).unwrap_or_default(), tokens.get(at + 1));
        // What is put in may be written in parentheses.
        let is_before_parenthesis = matches!(after, Some(Token::Other('(') | Token::Slot));
        let is_call = is_before_parenthesis || is_attribute(before);
        let refused = match token {
            Token::Word(word) if is_before_parenthesis && is_no_function(before, word) => {
                words.contains(&word.as_str())
            }
            Token::Word(name) | Token::Name(name) if is_call => {
                functions.only(&qualified_name(before, name))?;
                false
            }
            Token::Word(word) => words.contains(&word.as_str()) || is_next_value(word, after),
            Token::Slot if is_call => return Err(Error::invalid("a function must be named in the text itself here")),
            Token::Other(':') if matches!(after, Some(Token::Other('='))) => {
                return Err(Error::invalid("text within a statement must not set a variable here"));
            }
            Token::Name(_) | Token::Slot | Token::Other(_) => false,
        };
        if refused && let Token::Word(word) = token {
            return Err(holds(word));
        }
    }
    Ok(())
}

/// Whether what comes now may be a function that is called as if it were a field: `(value).function`, or of what that gives.
fn is_attribute(before: &[Token]) -> bool {
    match before {
        [.., Token::Other(')') | Token::Slot, Token::Other('.')] => true,
        [before @ .., Token::Word(_) | Token::Name(_), Token::Other('.')] => is_attribute(before),
        _ => false,
    }
}

/// `next value for ..` is a function that writes, and `previous value for ..` one that tells what was written.
fn is_next_value(word: &str, after: Option<&Token>) -> bool {
    matches!(word, "next" | "previous") && matches!(after, Some(Token::Word(after)) if after == "value")
}

/// Whether a word before a parenthesis is no function: one of the language, a type, or a table whose columns `as t(id)` names.
fn is_no_function(before: &[Token], word: &str) -> bool {
    match before {
        [.., Token::Word(before)] if before == "as" => true,
        [.., Token::Other('.')] => false,
        _ => is_word_before_parenthesis(word),
    }
}

/// The name of a function with what stands before it.
fn qualified_name(before: &[Token], name: &str) -> String {
    match before {
        [before @ .., Token::Word(schema) | Token::Name(schema), Token::Other('.')] => {
            qualified(&qualified_name(before, schema), name)
        }
        _ => name.to_owned(),
    }
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
            Token::Word(word) if word == "from" && is_distinct(before) => {}
            Token::Word(word) if open.is_empty() && CLAUSES.contains(&word.as_str()) => return Err(holds(word)),
            Token::Word(_) | Token::Name(_) | Token::Slot | Token::Other(_) => {}
        }
    }
    Ok(())
}

/// Whether `in` within the parentheses of a function is no operator: `position(.. in ..)`, `against (.. in boolean mode)`.
fn is_with_in(function: &str) -> bool {
    matches!(function, "position" | "against")
}

/// Whether what comes now is the `from` of `is distinct from`, or of `is not distinct from`.
fn is_distinct(before: &[Token]) -> bool {
    let is = |token: &Token, word: &str| matches!(token, Token::Word(it) if it == word);
    match before {
        [.., first, distinct] if is(first, "is") => is(distinct, "distinct"),
        [.., first, not, distinct] if is(first, "is") => is(not, "not") && is(distinct, "distinct"),
        _ => false,
    }
}

fn is_in_word(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
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
