//! The tokens of text.

use std::ops::Deref;

use crate::ast::{Expr, Ident, Raw, RawPart};
use crate::plugin::functions::is_setting;

/// What text is made of, as far as it shows which functions it calls.
pub(super) enum Token {
    /// A word outside of quotes.
    Word(Word),
    /// A name in quotes, or one that was put in.
    Name(String),
    /// What was put in, and is no name: it may be written in parentheses.
    Slot,
    /// A value, or a column of a table, that was put in: it is not.
    Operand,
    /// Any other character, and a string.
    Other(char),
}

impl Token {
    /// The name that it may be, or be a part of.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            Self::Name(name) => Some(name),
            Self::Slot | Self::Operand | Self::Other(_) => None,
        }
    }
}

/// A word, in lower case.
pub(super) struct Word {
    text: String,
    /// Whether it was written in it.
    pub(super) is_lower: bool,
}

impl Word {
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }
}

impl Deref for Word {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl PartialEq<str> for Word {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}

pub(super) fn tokens(raw: &Raw) -> Vec<Token> {
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
            tokens.push(put_in(part).map_or_else(|| slot(part), |name| Token::Name(name.as_str().to_owned())));
        }
    }
    tokens_of(&text, &mut quote, &mut tokens);
    tokens
}

fn slot(part: &RawPart) -> Token {
    match part {
        RawPart::Expr(Expr::Value(_) | Expr::Column(_)) => Token::Operand,
        RawPart::Text(_) | RawPart::Ident(_) | RawPart::Expr(_) => Token::Slot,
    }
}

/// The name that was put in, if it is one: a column of no table is written as such, whatever it is the name of, and one that is
/// called as a setting may be read as that.
fn put_in(part: &RawPart) -> Option<Ident> {
    match part {
        RawPart::Ident(name) => Some(name.clone()),
        RawPart::Expr(Expr::Column(column)) if column.table().is_none() || is_setting(column.name().as_str()) => {
            Some(column.name())
        }
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
                inside.push(char);
            } else {
                // SQLite takes a string for a name where one must stand: `from 'pragma_optimize'`.
                let is_name = char == '"' || is_setting(inside);
                tokens.push(if is_name { Token::Name(std::mem::take(inside)) } else { Token::Other(char) });
                *quote = None;
            }
            continue;
        }
        if is_in_word(char) {
            word.push(char);
            if chars.peek().is_some_and(|it| is_in_word(*it)) {
                continue;
            }
            let text = word.to_ascii_lowercase();
            tokens.push(Token::Word(Word { is_lower: text == word, text }));
            word.clear();
        } else if matches!(char, '\'' | '"') {
            *quote = Some((char, String::new()));
        } else if char == '@'
            && chars.peek().is_some_and(|it| it.is_whitespace())
            && !matches!(tokens.last(), Some(Token::Other('@')))
        {
            // A variable without a name to some, an operator to others: what comes after it may be an operand, or not. `@@` is
            // no variable without a name to anybody.
            tokens.push(Token::Other('?'));
        } else if !char.is_whitespace() {
            tokens.push(Token::Other(char));
        }
    }
}

pub(super) fn is_in_word(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}
