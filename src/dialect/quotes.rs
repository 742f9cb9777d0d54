//! Whether a slot of text stands in quotes or a comment of the text around it, where no value is bound and no name quoted.

use std::borrow::Cow;

use super::spec::QuotesInText;
use crate::ast::{Raw, RawPart};
use crate::error::{Error, Result};

/// What is written after text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// Nothing: it is the whole statement.
    Nothing,
    /// The rest of the statement that it stands in.
    More,
}

/// Refuses a slot within quotes or a comment, and one that would be a word together with what stands beside it; and text that
/// leaves quotes or a comment open for what is written after it.
pub(super) fn check_slots(raw: &Raw, after: After, quotes: QuotesInText) -> Result<()> {
    let Raw { parts } = raw;
    let mut text = Cow::Borrowed("");
    let mut slots = 0_usize;
    for part in parts {
        match part {
            RawPart::Text(more) if text.is_empty() => text = Cow::Borrowed(more),
            RawPart::Text(more) => text.to_mut().push_str(more),
            RawPart::Ident(_) | RawPart::Expr(_) => {
                if !is_closed(&text, quotes) {
                    return Err(Error::invalid(
                        "a slot of text stands in its quotes or a comment, where nothing is bound; close them before it",
                    ));
                }
                if joins_what_follows(&text) || (slots > 0 && joins_what_precedes(&text)) {
                    return Err(is_joined());
                }
                slots += 1;
                text = Cow::Borrowed("");
            }
        }
    }
    if slots > 0 && !text.is_empty() && joins_what_precedes(&text) {
        return Err(is_joined());
    }
    if after == After::More && !is_closed(&text, quotes) {
        return Err(Error::invalid("text within a statement leaves its quotes or a comment open; close them"));
    }
    Ok(())
}

fn is_joined() -> Error {
    Error::invalid("a slot of text is joined to a word, a quote or a slot beside it; put a space between them")
}

/// Whether what is written right after text is one word, or one quoted name, with its end: `u&` says how a name is spelled, and
/// a mark of a variable or of a comment what comes after it. `value::type` has none.
fn joins_what_follows(text: &str) -> bool {
    let is_marked = text.ends_with(['@', '#']) || (text.ends_with(':') && !text.ends_with("::"));
    is_marked || text.ends_with(is_joining) || text.ends_with("u&") || text.ends_with("U&")
}

/// Whether what is written right before text is one with its beginning; between two slots is nothing that keeps them apart.
fn joins_what_precedes(text: &str) -> bool {
    text.is_empty() || text.starts_with(is_joining)
}

fn is_joining(char: char) -> bool {
    is_in_word(char) || matches!(char, '\'' | '"' | '`' | '$')
}

fn is_in_word(char: char) -> bool {
    char.is_ascii_alphanumeric() || char == '_' || !char.is_ascii()
}

/// Whether text ends outside of quotes and comments, in whatever mode the session is.
fn is_closed(text: &str, quotes: QuotesInText) -> bool {
    let escapes = text.contains('\\');
    let modes: &[&str] = match quotes {
        // A literal goes on in the next line as it began, and so with its escapes.
        QuotesInText::Dollars if escapes && (text.contains("e'") || text.contains("E'")) => &["", "'"],
        QuotesInText::Backquotes if escapes => &["", "'", "'\""],
        QuotesInText::Dollars | QuotesInText::Backquotes | QuotesInText::Brackets => &[""],
    };
    modes.iter().all(|escaping| ends_outside(text, quotes, escaping).is_some())
}

/// Goes to the end of text in which a backslash escapes within these quotes, if that is outside of quotes and comments.
fn ends_outside(text: &str, quotes: QuotesInText, escaping: &str) -> Option<()> {
    use QuotesInText::{Backquotes, Brackets, Dollars};
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let after = rest.get(first.len_utf8()..)?;
        rest = match (first, quotes) {
            ('\'' | '"', _) => after_quote(after, first, escaping.contains(first))?,
            ('`', Backquotes | Brackets) => after_quote(after, first, false)?,
            ('[', Brackets) => after.split_once(']')?.1,
            ('#', Backquotes) => after_line(after, quotes)?,
            ('-', _) if begins_comment(after, quotes) => after_line(after, quotes)?,
            ('/', _) if after.starts_with('*') => after_comment(after.get(1..)?, quotes)?,
            ('$', Dollars) => after_dollars(rest)?,
            (first, Dollars) if is_in_word(first) && !first.is_ascii_digit() => {
                let end = rest.find(|it: char| !is_in_word(it) && it != '$').unwrap_or(rest.len());
                match (rest.get(..end)?, rest.get(end..)?) {
                    ("e" | "E", literal) if literal.starts_with('\'') => after_quote(literal.get(1..)?, '\'', true)?,
                    (_, after) => after,
                }
            }
            ('@' | ':' | '#' | '$', Brackets) => after_variable(after)?,
            (_, Dollars | Backquotes | Brackets) => after,
        };
    }
    Some(())
}

/// What comes after the quote that ends quotes: one that stands twice is a part of what is in them.
fn after_quote(text: &str, quote: char, escapes: bool) -> Option<&str> {
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        if escapes && char == '\\' {
            chars.next();
        } else if char == quote {
            match chars.as_str().strip_prefix(quote) {
                Some(rest) => chars = rest.chars(),
                None => return Some(chars.as_str()),
            }
        }
    }
    None
}

/// Whether two minus signs begin a comment; this is what comes after the first.
fn begins_comment(text: &str, quotes: QuotesInText) -> bool {
    let Some(after) = text.strip_prefix('-') else { return false };
    let is_blank = |it: char| it.is_ascii_whitespace() || it.is_ascii_control();
    quotes != QuotesInText::Backquotes || after.is_empty() || after.starts_with(is_blank)
}

fn after_line(text: &str, quotes: QuotesInText) -> Option<&str> {
    let is_end = |it: char| it == '\n' || (it == '\r' && quotes == QuotesInText::Dollars);
    text.split_once(is_end).map(|(_, after)| after)
}

/// What comes after a comment. That in `/*! .. */` is run by some servers, and nobody knows where it ends.
fn after_comment(text: &str, quotes: QuotesInText) -> Option<&str> {
    if quotes == QuotesInText::Backquotes && (text.starts_with('!') || text.starts_with("M!")) {
        return None;
    }
    let mut depth = 1_usize;
    let mut rest = text;
    loop {
        rest = rest.get(rest.find(['*', '/'])?..)?;
        if let Some(after) = rest.strip_prefix("*/") {
            depth -= 1;
            rest = after;
            if depth == 0 {
                return Some(rest);
            }
        } else if let Some(after) = rest.strip_prefix("/*")
            && quotes == QuotesInText::Dollars
        {
            depth += 1;
            rest = after;
        } else {
            rest = rest.get(1..)?;
        }
    }
}

/// What comes after `$tag$ .. $tag$`, or after the dollar where it begins no such quotes.
fn after_dollars(text: &str) -> Option<&str> {
    let after = text.get(1..)?;
    match after.split_once('$') {
        Some((tag, inside)) if tag.chars().all(is_in_word) && !tag.starts_with(|it: char| it.is_ascii_digit()) => {
            inside.split_once(text.get(..tag.len() + 2)?).map(|(_, after)| after)
        }
        Some(_) | None => Some(after),
    }
}

/// What comes after a variable of SQLite, of the text after its mark. There is none that goes on in parentheses, in which a quote
/// would be no quote.
fn after_variable(text: &str) -> Option<&str> {
    let after = text.trim_start_matches(|it: char| is_in_word(it) || matches!(it, ':' | '$'));
    if after.len() < text.len() && after.starts_with('(') { None } else { Some(after) }
}
