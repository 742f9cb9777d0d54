//! Placeholders with numbers, ready to be copied: a large insert is mostly those, nearly all of numbers below a thousand.

/// `$0` .. `$999`, one after the other.
pub(super) const DOLLARS: &str = text(&ALL_DOLLARS);
/// `?0` .. `?999`, one after the other.
pub(super) const QUESTIONS: &str = text(&ALL_QUESTIONS);

const ALL_DOLLARS: [u8; LENGTH] = all(b'$');
const ALL_QUESTIONS: [u8; LENGTH] = all(b'?');

/// Where those with two digits begin.
pub(super) const TENS: usize = 10 * 2;
/// Where those with three digits begin.
pub(super) const HUNDREDS: usize = TENS + 90 * 3;
const LENGTH: usize = HUNDREDS + 900 * 4;

const fn all(sign: u8) -> [u8; LENGTH] {
    let mut bytes = [sign; LENGTH];
    let (mut number, mut at) = (0, 0);
    while number < 1_000 {
        let digits = if number < 10 { 1 } else { 2 + (number >= 100) as usize };
        at += 1;
        let (mut rest, mut digit) = (number, digits);
        while digit > 0 {
            digit -= 1;
            bytes[at + digit] = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        at += digits;
        number += 1;
    }
    bytes
}

const fn text(bytes: &'static [u8]) -> &'static str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_stands_in_its_place() {
        let all: String = (0..1_000).map(|number| format!("${number}")).collect();
        assert_eq!(DOLLARS, all);
        assert_eq!(QUESTIONS, all.replace('$', "?"));
        assert!(DOLLARS[TENS..].starts_with("$10$") && DOLLARS[HUNDREDS..].starts_with("$100$"));
    }
}
