//! Which tokens stand where an operand is complete, and which where one is expected.

use super::tokens::Token;
use crate::error::{Error, Result};

/// Words after which an operand comes.
const BEFORE_OPERAND: &str = "
    and or xor not is in between like ilike rlike regexp glob match similar sounds to escape collate at zone without member of
    overlaps div mod case when then else distinct from any some all exists interval binary symmetric as over filter within
    against";

/// Words that may come after an operand, and belong to the same expression, or to its place in an order.
const AFTER_OPERAND: &str = "
    and or xor not is in between like ilike rlike regexp glob match similar sounds escape collate at zone without member
    overlaps div mod when then else end as over filter within against isnull notnull precision varying ignore respect nulls
    asc desc first last
    microsecond second minute hour day week month quarter year second_microsecond minute_microsecond minute_second
    hour_microsecond hour_second hour_minute day_microsecond day_second day_minute day_hour year_month";

fn is_among(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|it| it == word)
}

/// Tells of each token whether it comes after a complete operand.
pub(super) fn follow_operands(tokens: &[Token]) -> Vec<bool> {
    let mut is_after = false;
    let mut before: Option<&Token> = None;
    let mut follow = Vec::with_capacity(tokens.len());
    for token in tokens {
        follow.push(is_after);
        is_after = match token {
            // A name behind a dot, a type behind colons, a variable.
            Token::Word(_) if matches!(before, Some(Token::Other('.' | ':' | '@'))) => true,
            // `not in` comes after an operand as `in` does.
            Token::Word(word) if word == "not" => is_after,
            Token::Word(word) => !is_among(BEFORE_OPERAND, word),
            Token::Name(_) | Token::Slot | Token::Other(')' | '\'' | '?') => true,
            Token::Other('*') => matches!(before, Some(Token::Other('.'))),
            Token::Other(_) => false,
        };
        before = Some(token);
    }
    follow
}

/// Refuses text in which words stand side by side, outside of its parentheses, that no operator joins: the second begins
/// another clause. And a number that is not one to its end, since two servers take what is left for a word.
pub(super) fn is_joined_by_operators(tokens: &[Token]) -> Result<()> {
    let mut depth = 0_usize;
    for (at, (token, follows_operand)) in tokens.iter().zip(follow_operands(tokens)).enumerate() {
        let (before, after) = (tokens.get(..at).unwrap_or_default(), tokens.get(at + 1..).unwrap_or_default());
        match token {
            Token::Other('(') => depth += 1,
            Token::Other(')') => depth = depth.saturating_sub(1),
            Token::Word(word) => {
                let is_of_number =
                    matches!(before, [.., Token::Word(number), Token::Other('.')] if begins_number(number));
                if (is_of_number || begins_number(word)) && !is_number(word, after) {
                    return Err(Error::invalid(format!(
                        "text within a statement must not hold the number `{word}` here"
                    )));
                }
                let may_follow = is_among(AFTER_OPERAND, word) || is_distinct_from(before);
                if depth == 0 && follows_operand && !may_follow {
                    return Err(Error::invalid(format!(
                        "text within a statement must be one expression here, to which `{word}` does not belong"
                    )));
                }
            }
            Token::Name(_) | Token::Slot | Token::Other(_) => {}
        }
    }
    Ok(())
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
