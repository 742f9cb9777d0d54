//! `numeric` on the wire: digits of base 10,000 with the weight of the first, a sign, and how many decimal places are
//! shown.

use std::fmt::{Display, Write as _};

use bytes::{BufMut, BytesMut};

const NEGATIVE: u16 = 0x4000;
const NAN: u16 = 0xC000;
const INFINITY: u16 = 0xD000;
const NEGATIVE_INFINITY: u16 = 0xF000;
/// The server's limits, in decimal digits.
const MAX_WHOLE: usize = 131_072;
const MAX_SCALE: usize = 16_383;

/// A float as the shortest decimal that is read back as the same float.
pub(super) fn float_text(infinite: bool, it: impl Display + PartialOrd + Default) -> String {
    match infinite {
        true if it > Default::default() => "Infinity".to_owned(),
        true => "-Infinity".to_owned(),
        false => it.to_string(),
    }
}

/// Appends `-12.50`, `NaN`, `Infinity` or `-Infinity`; anything else is `None`.
pub(super) fn encode(text: &str, out: &mut BytesMut) -> Option<()> {
    let special = match text {
        "NaN" => Some(NAN),
        "Infinity" => Some(INFINITY),
        "-Infinity" => Some(NEGATIVE_INFINITY),
        _ => None,
    };
    if let Some(sign) = special {
        header(0, 0, sign, 0, out);
        return Some(());
    }
    let (negative, digits) = match text.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] | digits => (false, digits),
    };
    let point = digits.iter().position(|byte| *byte == b'.');
    let (whole, fraction) = match point {
        Some(at) => (&digits[..at], &digits[at + 1..]),
        None => (digits, &digits[..0]),
    };
    if whole.len() + fraction.len() == 0 || !whole.iter().chain(fraction).all(u8::is_ascii_digit) {
        return None;
    }
    let leading_zeros = whole.iter().take_while(|byte| **byte == b'0').count();
    let whole = &whole[leading_zeros..];
    if whole.len() > MAX_WHOLE || fraction.len() > MAX_SCALE {
        return None;
    }

    // Groups of four, aligned at the point: `12345.678` is 1, 2345 and 6780.
    let groups_before = whole.len().div_ceil(4);
    let groups = groups_before + fraction.len().div_ceil(4);
    let group = |at: usize| -> u16 {
        // Where the group would start if the whole part were filled up to groups of four.
        let start = (at * 4) as isize - (groups_before * 4) as isize + whole.len() as isize;
        (start..start + 4).fold(0, |sum, at| {
            let digit = usize::try_from(at).ok().and_then(|at| match at.checked_sub(whole.len()) {
                None => whole.get(at),
                Some(at) => fraction.get(at),
            });
            sum * 10 + digit.map_or(0, |digit| u16::from(digit - b'0'))
        })
    };
    let first = (0..groups).find(|at| group(*at) != 0).unwrap_or(groups);
    let last = (first..groups).rfind(|at| group(*at) != 0).map_or(first, |at| at + 1);
    let count = last - first;
    let weight = if count == 0 { 0 } else { groups_before as isize - 1 - first as isize };
    let sign = if negative && count > 0 { NEGATIVE } else { 0 };
    header(u16::try_from(count).ok()?, i16::try_from(weight).ok()?, sign, fraction.len() as u16, out);
    for at in first..last {
        out.put_u16(group(at));
    }
    Some(())
}

fn header(count: u16, weight: i16, sign: u16, scale: u16, out: &mut BytesMut) {
    out.put_u16(count);
    out.put_i16(weight);
    out.put_u16(sign);
    out.put_u16(scale);
}

/// The text of a number, with as many decimal places as the server shows.
pub(super) fn decode(raw: &[u8]) -> Option<String> {
    let (header, digits) = raw.split_at_checked(8)?;
    let part = |at: usize| u16::from_be_bytes([header[at], header[at + 1]]);
    let (count, weight, sign, scale) = (usize::from(part(0)), i32::from(part(2) as i16), part(4), usize::from(part(6)));
    let sign = match sign {
        0 => "",
        NEGATIVE => "-",
        NAN => return Some("NaN".to_owned()),
        INFINITY => return Some("Infinity".to_owned()),
        NEGATIVE_INFINITY => return Some("-Infinity".to_owned()),
        _ => return None,
    };
    if digits.len() != count * 2 {
        return None;
    }
    // The group that stands for 10,000 to the power of `weight`.
    let group = |at: i32| {
        let at = usize::try_from(weight - at).ok();
        at.and_then(|at| digits.get(at * 2..at * 2 + 2)).map_or(0, |pair| u16::from_be_bytes([pair[0], pair[1]]))
    };
    let mut text = String::with_capacity(sign.len() + 4 * (usize::try_from(weight).unwrap_or(0) + 1) + 1 + scale);
    text.push_str(sign);
    // Writing to a `String` does not fail.
    let _ = write!(text, "{}", group(weight.max(0)));
    for at in (0..weight.max(0)).rev() {
        let _ = write!(text, "{:04}", group(at));
    }
    if scale > 0 {
        text.push('.');
        let end = text.len() + scale;
        let mut at = -1;
        while text.len() < end {
            let _ = write!(text, "{:04}", group(at));
            at -= 1;
        }
        text.truncate(end);
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(text: &str) -> Option<Vec<u8>> {
        let mut out = BytesMut::new();
        encode(text, &mut out).map(|()| out.to_vec())
    }

    #[test]
    fn a_number_comes_back_with_its_scale() {
        for text in [
            "0",
            "0.00",
            "1",
            "-1",
            "1.10",
            "-12.50",
            "10000",
            "9999",
            "12345.678",
            "0.0001",
            "0.00010000",
            "0.00000000000000000001",
            "100000000",
            "123456789012345678901234567890.123456789",
            "NaN",
            "Infinity",
            "-Infinity",
            "99999999999999999999.9999",
            "10000.0001",
            "-0.5",
        ] {
            assert_eq!(decode(&encoded(text).unwrap()).as_deref(), Some(text));
        }
    }

    #[test]
    fn other_spellings_are_brought_into_shape() {
        for (text, shape) in [("+1", "1"), ("007", "7"), (".5", "0.5"), ("5.", "5"), ("-0.0", "0.0"), ("-00", "0")] {
            assert_eq!(decode(&encoded(text).unwrap()).as_deref(), Some(shape));
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "-", ".", "1e5", "1,5", "--1", "1.2.3", " 1", "nan", "0x1", "١"] {
            assert_eq!(encoded(text), None, "{text}");
        }
        assert_eq!(encoded(&format!("0.{}", "1".repeat(MAX_SCALE + 1))), None);
        assert_eq!(encoded(&"1".repeat(MAX_WHOLE + 1)), None);
        assert!(encoded(&"1".repeat(MAX_WHOLE)).is_some());
    }

    #[test]
    fn the_bytes_are_the_servers() {
        // `select numeric_send(-12345.67)`
        let bytes = [0, 3, 0, 1, 0x40, 0, 0, 2, 0, 1, 0x09, 0x29, 0x1A, 0x2C];
        assert_eq!(encoded("-12345.67").as_deref(), Some(&bytes[..]));
    }

    #[test]
    fn bytes_that_are_no_number_are_refused() {
        for raw in [&[][..], &[0; 7], &[0, 1, 0, 0, 0, 0, 0, 0], &[0, 0, 0, 0, 1, 0, 0, 0]] {
            assert_eq!(decode(raw), None);
        }
    }

    #[test]
    fn floats_have_a_text() {
        assert_eq!(float_text(false, 0.1_f64), "0.1");
        assert_eq!(float_text(false, f64::NAN), "NaN");
        assert_eq!(float_text(true, f32::NEG_INFINITY), "-Infinity");
    }
}
