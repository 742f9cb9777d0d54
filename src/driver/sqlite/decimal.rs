//! Decimals, which SQLite keeps as text: how they are written, and how they are compared.

use std::borrow::Cow;
use std::cmp::Ordering;

/// How many zeros a number may get by being written without an exponent.
const MOST_ZEROS: i64 = 1_000;

/// A decimal, taken apart: `0.1234 * 10^magnitude`, and less than zero or not.
#[derive(Debug, PartialEq, Eq)]
struct Parts<'a> {
    is_negative: bool,
    /// Where the first digit stands that is not zero: 1 for the one before the point, 0 for the one after it.
    magnitude: i64,
    /// The digits from the first to the last that is not zero, and perhaps the point; nothing where the number is zero.
    digits: &'a str,
}

impl<'a> Parts<'a> {
    /// Reads `-12.50`, `.5`, `1e-2`; nothing else is a decimal.
    fn read(text: &'a str) -> Option<Self> {
        let (is_negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (number, exponent) = match rest.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, i64::from(exponent.parse::<i32>().ok()?)),
            None => (rest, 0),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let is_digits = |it: &str| it.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !is_digits(whole) || !is_digits(fraction) {
            return None;
        }
        let digits = number.trim_start_matches(['0', '.']);
        let digits = if fraction.is_empty() {
            digits.trim_end_matches('.').trim_end_matches('0')
        } else {
            digits.trim_end_matches('0').trim_end_matches('.').trim_end_matches('0')
        };
        if digits.is_empty() {
            return Some(Self { is_negative: false, magnitude: 0, digits });
        }
        let whole = whole.trim_start_matches('0').len();
        let magnitude = match whole {
            0 => -(fraction.len() - fraction.trim_start_matches('0').len()).try_into().unwrap_or(i64::MAX),
            whole => i64::try_from(whole).ok()?,
        };
        Some(Self { is_negative, magnitude: magnitude + exponent, digits })
    }

    fn digits(&self) -> impl Iterator<Item = u8> + use<'a> {
        self.digits.bytes().filter(|byte| *byte != b'.')
    }
}

impl Ord for Parts<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |it: &Self| match (it.digits.is_empty(), it.is_negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let size = || self.magnitude.cmp(&other.magnitude).then_with(|| self.digits().cmp(other.digits()));
        match (sign(self).cmp(&sign(other)), sign(self)) {
            (Ordering::Equal, 0) => Ordering::Equal,
            (Ordering::Equal, 1) => size(),
            (Ordering::Equal, _) => size().reverse(),
            (different, _) => different,
        }
    }
}

impl PartialOrd for Parts<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The collation `kysera_decimal`: decimals by their value, however they are written, and after them what is none.
pub(super) fn compare(left: &str, right: &str) -> Ordering {
    match (Parts::read(left), Parts::read(right)) {
        (Some(left), Some(right)) => left.cmp(&right),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => left.cmp(right),
    }
}

/// A decimal without an exponent, so that whoever else reads the file takes it for one; none where it is no decimal.
pub(super) fn plain(text: &str) -> Option<Cow<'_, str>> {
    let parts = Parts::read(text)?;
    if !text.contains(['e', 'E', '+']) {
        return Some(Cow::Borrowed(text));
    }
    let digits: String = parts.digits().map(char::from).collect();
    let (magnitude, length) = (parts.magnitude, i64::try_from(digits.len()).ok()?);
    if !(-MOST_ZEROS..=length + MOST_ZEROS).contains(&magnitude) {
        return None;
    }
    let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or(0));
    let sign = if parts.is_negative { "-" } else { "" };
    Some(Cow::Owned(if magnitude <= 0 {
        let fraction = format!("{}{digits}", zeros(-magnitude));
        if fraction.is_empty() { "0".to_owned() } else { format!("{sign}0.{fraction}") }
    } else if magnitude >= length {
        format!("{sign}{digits}{}", zeros(magnitude - length))
    } else {
        let (whole, fraction) = digits.split_at(usize::try_from(magnitude).unwrap_or(0));
        format!("{sign}{whole}.{fraction}")
    }))
}

/// The decimal that a float stands for in a column that somebody else declared as `decimal` or `numeric`.
///
/// Up to 15 digits survive the way into a float and back; of more, some may be lost already.
pub(super) fn of_float(it: f64) -> Option<String> {
    let text = it.to_string();
    let parts = Parts::read(&text)?;
    (parts.digits().count() <= f64::DIGITS as usize).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each is less than those of the next line; those of a line are equal.
    const ORDER: [&[&str]; 14] = [
        &["-1e400", "-1E+400"],
        &["-10", "-10.00", "-1e1"],
        &["-9.5", "-09.50", "-95e-1"],
        &["-1.5", "-1.50", "-.15e1"],
        &["-0.001", "-1e-3", "-.001"],
        &["0", "-0", "0.00", ".0", "+0", "0e9", "-0.0e-9"],
        &["0.00000000000000000000000000001", "1e-29"],
        &["0.1", ".1", "00.10", "1e-1"],
        &["9", "9.0", "9.00", "+9", "0.9e1"],
        &["9.000000000000000000000000000001"],
        &["10", "10.00", "010", "1e1", "10."],
        &["100", "1e2", "1E+2", "100.0"],
        &["12345678901234567890.123456"],
        &["NaN"],
    ];

    #[test]
    fn decimals_are_compared_by_their_value() {
        for (at, line) in ORDER.iter().enumerate() {
            for (other_at, other) in ORDER.iter().enumerate() {
                for (left, right) in line.iter().flat_map(|left| other.iter().map(move |right| (left, right))) {
                    assert_eq!(compare(left, right), at.cmp(&other_at), "{left} {right}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_decimal_comes_after_and_keeps_an_order() {
        for text in ["", "-", ".", "e1", "1e", "1e9999999999", "1.2.3", " 1", "0x1", "--1", "1_0", "é", "Infinity"] {
            assert_eq!(plain(text), None, "{text}");
            assert_eq!(compare(text, "1e400"), Ordering::Greater, "{text}");
            assert_eq!(compare("1e400", text), Ordering::Less, "{text}");
        }
        assert_eq!(compare("a", "b"), Ordering::Less);
    }

    #[test]
    fn exponents_are_written_out() {
        for (text, expected) in [
            ("1e2", "100"),
            ("-1.5E+3", "-1500"),
            ("125e-1", "12.5"),
            ("1e-3", "0.001"),
            ("100e-1", "10"),
            ("0e5", "0"),
            ("+7", "7"),
            ("9.00", "9.00"),
        ] {
            assert_eq!(plain(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(plain("1e2000"), None);
        assert_eq!(plain("1e-2000"), None);
    }

    #[test]
    fn a_float_is_a_decimal_where_no_digit_is_lost() {
        assert_eq!(of_float(12.5).as_deref(), Some("12.5"));
        assert_eq!(of_float(-0.1).as_deref(), Some("-0.1"));
        for lossy in [0.1 + 0.2, f64::NAN, f64::INFINITY, 1.0 / 3.0] {
            assert_eq!(of_float(lossy), None, "{lossy}");
        }
    }
}
