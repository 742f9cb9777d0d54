//! Which functions text calls.

use super::holds;
use super::operands::{Before, before_each, is_among, is_operator};
use super::tokens::Token;
use crate::error::{Error, Result};
use crate::plugin::functions::{HarmlessFunctions, is_setting, qualified};

/// Words and types that may stand before a parenthesis wherever they are, since they are functions on no server.
const NEVER_FUNCTIONS: &str = "
    and or not in exists between on using as from select distinct where having group union intersect except case when then else
    values with row to for both leading trailing
    bit char character varchar dec decimal numeric float real int integer bigint smallint interval";

/// Words that are no functions after an operand. Elsewhere some server would call a function of the database's own.
const AFTER_OPERAND: &str = "
    xor is like ilike rlike regexp glob join over filter within escape overlaps against div mod placing rows range groups value
    passing separator limit offset collate";

/// Words that are no functions after one of these.
const AFTER_WORDS: [(&str, &str); 6] = [
    ("by", "partition order group"),
    ("of", "member"),
    ("zone", "time"),
    ("varying", "bit char character"),
    ("lateral", "join"),
    ("all", "union except intersect"),
];

/// Refuses a call, in whatever way it is written, of a function that is not harmless, what has an effect without
/// being one, and these words where they are no function.
pub(super) fn calls_only_known(tokens: &[Token], functions: &HarmlessFunctions, words: &[&str]) -> Result<()> {
    for (at, (token, state)) in tokens.iter().zip(before_each(tokens)).enumerate() {
        let (before, after) = (tokens.get(..at).unwrap_or_default(), tokens.get(at + 1));
        // What is put in may be written in parentheses.
        let is_before_parenthesis = matches!(after, Some(Token::Other('(') | Token::Slot));
        let (outside, qualifiers) = split_qualifiers(before)?;
        let is_of_slot = matches!(outside, [.., Token::Slot | Token::Operand, Token::Other('.')]);
        // A function may be called as if it were a field: `(value).function`, or of what that gives.
        let is_call = is_before_parenthesis || ends_in_value(outside);
        let refused = match token {
            token if token.name().is_some_and(is_setting) => {
                return Err(holds(token.name().unwrap_or_default()));
            }
            Token::Word(_) | Token::Name(_) if is_before_parenthesis && is_of_slot => {
                return Err(is_not_named());
            }
            Token::Word(word) if is_before_parenthesis && is_no_function(before, word, state) => {
                words.contains(&word.as_str())
            }
            // One server tells functions apart whose names differ in case, if they stand in quotes.
            Token::Name(name) if is_call && !is_lower(token) => {
                return Err(Error::invalid(format!(
                    "the name of the function `{name}` must be in lower case and without dots here"
                )));
            }
            Token::Word(_) | Token::Name(_) if is_call && !qualifiers.iter().all(is_lower) => {
                return Err(Error::invalid("the schema of a function must be in lower case here"));
            }
            Token::Word(_) | Token::Name(_) if is_call => {
                functions.only(&qualified_name(qualifiers, token.name().unwrap_or_default()))?;
                false
            }
            Token::Word(word) => words.contains(&word.as_str()) || is_next_value(word, after),
            Token::Slot | Token::Operand if is_call || matches!(before, [.., Token::Other('.')]) => {
                return Err(is_not_named());
            }
            // One server calls what has a name in these quotes.
            Token::Other('\'') if matches!(after, Some(Token::Other('('))) => return Err(is_not_named()),
            Token::Other(':') if matches!(after, Some(Token::Other('='))) => {
                return Err(Error::invalid("text within a statement must not set a variable here"));
            }
            Token::Name(_) | Token::Slot | Token::Operand | Token::Other(_) => false,
        };
        if refused && let Token::Word(word) = token {
            return Err(holds(word));
        }
    }
    Ok(())
}

fn is_not_named() -> Error {
    Error::invalid("a function must be named in the text itself here")
}

/// What stands before a name, and what the name is qualified by: `schema.`
pub(super) fn split_qualifiers(before: &[Token]) -> Result<(&[Token], &[Token])> {
    let mut outside = before;
    while let [rest @ .., Token::Word(_) | Token::Name(_), Token::Other('.')] = outside {
        outside = rest;
        // No name of a server has more parts, and to look for the first of any number would take as long for each.
        if before.len() - outside.len() > 6 {
            return Err(Error::invalid("text within a statement must not hold a name of more than four parts here"));
        }
    }
    Ok(before.split_at(outside.len()))
}

/// Whether what comes now is a field of a value.
pub(super) fn ends_in_value(before: &[Token]) -> bool {
    matches!(before, [.., Token::Other(')') | Token::Slot | Token::Operand, Token::Other('.')])
}

/// Whether a part of a name is the same for servers that tell names apart by their case, and no two parts.
fn is_lower(token: &Token) -> bool {
    match token {
        // That of PostgreSQL, which does not, unless it stands in quotes.
        Token::Word(word) => word.is_lower || word.as_str() == "pg_catalog",
        Token::Name(name) => !name.chars().any(|it| it.is_ascii_uppercase() || it == '.'),
        Token::Slot | Token::Operand | Token::Other(_) => true,
    }
}

/// `next value for ..` is a function that writes, and `previous value for ..` one that tells what was written.
fn is_next_value(word: &str, after: Option<&Token>) -> bool {
    matches!(word, "next" | "previous") && matches!(after, Some(Token::Word(after)) if after == "value")
}

/// Whether a word before a parenthesis is no function: one of the language, a type, or a table whose columns `as t(id)` names.
fn is_no_function(before: &[Token], word: &str, state: Before) -> bool {
    match before {
        [.., Token::Other('.')] => return false,
        [.., Token::Other(':'), Token::Other(':')] => return true,
        [.., Token::Word(before)] if before == "as" => return true,
        [.., Token::Word(before)] if AFTER_WORDS.iter().any(|(it, after)| *it == word && is_among(after, before)) => {
            return true;
        }
        [.., Token::Word(before)] if matches!(before.as_str(), "like" | "ilike") && is_among("any some all", word) => {
            return true;
        }
        [.., Token::Other('=' | '<' | '>' | '~')] if is_among("any some all", word) => return true,
        _ => {}
    }
    is_among(NEVER_FUNCTIONS, word)
        || (state == Before::Operand && is_among(AFTER_OPERAND, word) && is_surely_operand(before))
}

/// Whether what is there is an operand to every server: a word by itself some server may have for one that comes before an
/// operand, as `all`, `binary` and `content`.
fn is_surely_operand(mut before: &[Token]) -> bool {
    while let [outside @ .., Token::Word(not)] = before
        && not == "not"
    {
        before = outside;
    }
    match before {
        [.., Token::Word(ignore), Token::Word(nulls)] if nulls == "nulls" => {
            matches!(ignore.as_str(), "ignore" | "respect")
        }
        [.., Token::Word(word), Token::Other('.'), Token::Word(column)] => {
            !word.starts_with(|it: char| it.is_ascii_digit()) && !is_operator(column)
        }
        [.., Token::Slot | Token::Operand | Token::Name(_), Token::Other('.'), Token::Word(_)] => true,
        [.., Token::Word(word)] => word.starts_with(|it: char| it.is_ascii_digit()),
        [.., Token::Other(')' | '\'') | Token::Name(_) | Token::Slot | Token::Operand] => true,
        _ => false,
    }
}

/// The name of a function with what it is qualified by.
fn qualified_name(qualifiers: &[Token], name: &str) -> String {
    let schemas: Vec<&str> = qualifiers.iter().filter_map(Token::name).collect();
    if schemas.is_empty() { name.to_owned() } else { qualified(&schemas.join("."), name) }
}
