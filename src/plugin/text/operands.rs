//! Which tokens stand where an operand is complete, and which where one is expected.

use super::tokens::Token;
use crate::error::{Error, Result};

/// Words after which an operand comes, wherever they stand, since they are names on no server.
const NEVER_NAMES: &str = "and or not is in between case when then else distinct from exists escape";

/// Words after which an operand comes, if they stand after one.
const OPERATORS: &str = "
    xor like ilike rlike regexp glob match similar sounds at zone without member overlaps div mod against filter within";

/// Words that such a word has after it.
const PAIRS: [(&str, &str); 4] = [("sounds", "like"), ("member", "of"), ("similar", "to"), ("between", "symmetric")];

/// Words after which a name comes.
const BEFORE_NAMES: [&str; 3] = ["collate", "as", "over"];

/// Other words that may come after an operand, and belong to the same expression, or to its place in an order.
const AFTER_OPERAND: &str = "
    not is in between escape and or when then else end isnull notnull precision varying ignore respect nulls asc desc first last
    microsecond second minute hour day week month quarter year second_microsecond minute_microsecond minute_second
    hour_microsecond hour_second hour_minute day_microsecond day_second day_minute day_hour year_month";

/// Words after which some server may expect an operand.
const OPENERS: &str = "
    select where by having on join lateral using for both leading trailing placing passing value default document variadic rows
    range groups separator limit offset set values order group partition
    all distinctrow binary interval unique straight_join high_priority sql_big_result sql_small_result sql_buffer_result
    sql_calc_found_rows sql_cache sql_no_cache of to";

/// Words after which some server expects an operand, if they stand after one of these.
const OPENERS_AFTER: [(&str, &str); 3] = [("ref", "by"), ("first", "fetch"), ("next", "fetch")];

pub(super) fn is_among(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|it| it == word)
}

/// What is there before a token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    /// A complete operand.
    Operand,
    /// What wants one.
    Operator,
    /// One or the other, as some server or the database has it.
    Unsure,
}

/// Tells of each token what is there before it, and at the end what is there before what comes after the text.
pub(super) fn before_each(tokens: &[Token]) -> Vec<Before> {
    use Before::{Operand, Operator, Unsure};
    let mut state = Operator;
    // What stands before each parenthesis that is open.
    let mut open = Vec::new();
    let mut states = Vec::with_capacity(tokens.len() + 1);
    for (at, token) in tokens.iter().enumerate() {
        states.push(state);
        let (before, after) = (tokens.get(..at).and_then(<[Token]>::last), tokens.get(at + 1));
        state = match token {
            Token::Word(word) => after_word(word, before, after, state),
            Token::Other('(') => {
                open.push(before);
                Operator
            }
            Token::Other(')') => match open.pop() {
                Some(before) => after_parenthesis(before),
                None => Operand,
            },
            Token::Slot => after_parenthesis(before),
            Token::Name(_) | Token::Operand | Token::Other('\'') => Operand,
            Token::Other('?') => Unsure,
            // To some it is a part of the name of a variable, to which `and` may come.
            Token::Other('.') if is_of_variable(tokens.get(..at).unwrap_or_default()) => Unsure,
            Token::Other('*') if state == Operator => Unsure,
            Token::Other(_) => Operator,
        };
    }
    states.push(state);
    states
}

/// What is there after parentheses, and after what may be written in them, by what stands before.
fn after_parenthesis(before: Option<&Token>) -> Before {
    match before {
        Some(Token::Word(opener)) if is_among(OPENERS, opener) => Before::Unsure,
        _ => Before::Operand,
    }
}

fn after_word(word: &str, before: Option<&Token>, after: Option<&Token>, state: Before) -> Before {
    use Before::{Operand, Operator, Unsure};
    let is_name = match before {
        // A name behind a dot, a type behind colons, a variable.
        Some(Token::Other('.' | ':' | '@')) => true,
        Some(Token::Word(before)) => BEFORE_NAMES.contains(&before.as_str()),
        _ => false,
    };
    match before {
        // Some server may have it for an operator all the same: `@a. or`, `'key': not`, `@case`, `over and`.
        _ if is_name => return if is_operator(word) { Unsure } else { Operand },
        Some(Token::Other('(')) if word == "content" => return Unsure,
        Some(Token::Word(before)) if OPENERS_AFTER.contains(&(word, before.as_str())) => return Unsure,
        Some(Token::Word(before)) if PAIRS.contains(&(before.as_str(), word)) => return Operator,
        _ => {}
    }
    let is_number = matches!(after, Some(Token::Word(number)) if begins_number(number));
    match word {
        // `not in` comes after an operand as `in` does.
        "not" => state,
        "interval" if is_number => Operator,
        _ if is_among(NEVER_NAMES, word) => Operator,
        _ if is_among(OPENERS, word) => Unsure,
        _ if state != Operator && (is_among(OPERATORS, word) || BEFORE_NAMES.contains(&word)) => Operator,
        _ => Operand,
    }
}

/// Whether a dot that comes now may be of the name of a variable. So is one of more parts than any other name has.
fn is_of_variable(mut before: &[Token]) -> bool {
    let (mut is_behind_dot, mut has_word) = (true, false);
    for _ in 0..8 {
        before = match before {
            [.., Token::Other('@')] => return true,
            [.., Token::Other('?')] => return !has_word,
            [outside @ .., Token::Word(_)] if is_behind_dot => {
                (is_behind_dot, has_word) = (false, true);
                outside
            }
            [outside @ .., Token::Other('.')] => {
                is_behind_dot = true;
                outside
            }
            _ => return false,
        };
    }
    true
}

/// Whether some server has a word for an operator, or for what comes before an operand.
pub(super) fn is_operator(word: &str) -> bool {
    is_among(NEVER_NAMES, word) || is_among(OPERATORS, word) || is_among(OPENERS, word) || BEFORE_NAMES.contains(&word)
}

/// Refuses text in which words stand side by side, outside of its parentheses, that no operator joins: the second begins
/// another clause. And text that ends before its expression does, or ends a `case` around it; and a number that is not one to
/// its end, since two servers take what is left for a word.
pub(super) fn is_joined_by_operators(tokens: &[Token]) -> Result<()> {
    let states = before_each(tokens);
    let (mut depth, mut cases) = (0_usize, 0_usize);
    for (at, (token, state)) in tokens.iter().zip(&states).enumerate() {
        let (before, after) = (tokens.get(..at).unwrap_or_default(), tokens.get(at + 1..).unwrap_or_default());
        match token {
            Token::Other('(') => depth += 1,
            Token::Other(')') => depth = depth.saturating_sub(1),
            Token::Word(word) => {
                let word = word.as_str();
                let is_of_number =
                    matches!(before, [.., Token::Word(number), Token::Other('.')] if begins_number(number));
                if (is_of_number || begins_number(word)) && !is_number(word, after) {
                    return Err(Error::invalid(format!(
                        "text within a statement must not hold the number `{word}` here"
                    )));
                }
                if depth == 0 && !(belongs(word, before, *state) && goes_on(word, before, &mut cases)) {
                    return Err(Error::invalid(format!(
                        "text within a statement must be one expression here, to which `{word}` does not belong"
                    )));
                }
            }
            Token::Name(_) | Token::Slot | Token::Operand | Token::Other(_) => {}
        }
    }
    if !tokens.is_empty() && (cases > 0 || states.last() == Some(&Before::Operator)) {
        return Err(Error::invalid(
            "text within a statement must be one expression here, and this ends before it does",
        ));
    }
    Ok(())
}

/// Whether a word may come here, within one expression.
fn belongs(word: &str, before: &[Token], state: Before) -> bool {
    state == Before::Operator
        || is_among(AFTER_OPERAND, word)
        || is_among(OPERATORS, word)
        || BEFORE_NAMES.contains(&word)
        || is_distinct_from(before)
        || matches!(before.last(), Some(Token::Word(before)) if PAIRS.contains(&(before.as_str(), word)) || BEFORE_NAMES.contains(&before.as_str()))
}

/// Counts the `case`s that are open, if a word is one of theirs. None of those may be of one around the text.
fn goes_on(word: &str, before: &[Token], cases: &mut usize) -> bool {
    if let Some(Token::Other('.' | ':' | '@')) = before.last() {
        return true;
    }
    match word {
        "case" => *cases += 1,
        "when" | "then" | "else" => return *cases > 0,
        "end" => match cases.checked_sub(1) {
            Some(open) => *cases = open,
            None => return false,
        },
        _ => {}
    }
    true
}

fn begins_number(word: &str) -> bool {
    word.starts_with(|it: char| it.is_ascii_digit())
}

/// Whether a word is all digits of a number, of which a sign and an exponent may come after it.
fn is_number(word: &str, after: &[Token]) -> bool {
    let all = |digits: &str, is: fn(char) -> bool| !digits.is_empty() && digits.chars().all(|it| is(it) || it == '_');
    let decimal = |digits: &str| all(digits, |it| it.is_ascii_digit());
    if let Some(digits) = word.strip_prefix("0x") {
        return all(digits, |it| it.is_ascii_hexdigit());
    }
    if let Some(digits) = word.strip_prefix("0b") {
        return all(digits, |it| matches!(it, '0' | '1'));
    }
    match word.split_once('e') {
        None => decimal(word),
        Some((digits, "")) => {
            let is_exponent = |it: &str| decimal(it);
            decimal(digits)
                && matches!(after, [Token::Other('+' | '-'), Token::Word(exponent), ..] if is_exponent(exponent))
        }
        Some((digits, exponent)) => decimal(digits) && decimal(exponent),
    }
}

/// Whether what comes now is the `from` of `is distinct from`, or of `is not distinct from`.
pub(super) fn is_distinct_from(before: &[Token]) -> bool {
    let is = |token: &Token, word: &str| matches!(token, Token::Word(it) if it == word);
    match before {
        [.., first, distinct] if is(first, "is") => is(distinct, "distinct"),
        [.., first, not, distinct] if is(first, "is") => is(not, "not") && is(distinct, "distinct"),
        _ => false,
    }
}
