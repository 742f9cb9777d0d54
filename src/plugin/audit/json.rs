//! JSON of a row: an object with a field for each column. It is written and read here, and not by a crate, so that what is
//! in a column comes back as it was: a number with all its digits, a document as its text.

/// Writes text as a JSON string.
pub(crate) fn write_text(text: &str, into: &mut String) {
    into.push('"');
    for char in text.chars() {
        match char {
            '"' => into.push_str("\\\""),
            '\\' => into.push_str("\\\\"),
            '\n' => into.push_str("\\n"),
            '\r' => into.push_str("\\r"),
            '\t' => into.push_str("\\t"),
            control if control < ' ' => into.push_str(&format!("\\u{:04x}", u32::from(control))),
            char => into.push(char),
        }
    }
    into.push('"');
}

/// Whether text is one JSON document.
pub(crate) fn is_document(text: &str) -> bool {
    let mut scanner = Scanner { text, at: 0 };
    scanner.value().is_some() && scanner.is_at_end()
}

/// The fields of an object, each with the text of its value; `None` where the text is none.
pub(crate) fn fields(text: &str) -> Option<Vec<(String, &str)>> {
    if !is_document(text) {
        return None;
    }
    let mut scanner = Scanner { text, at: 0 };
    let mut fields = Vec::new();
    scanner.pass(b'{')?;
    while scanner.peek()? != b'}' {
        let name = text_of(scanner.slice(Scanner::string)?)?;
        scanner.pass(b':')?;
        fields.push((name, scanner.slice(Scanner::value)?));
        if scanner.peek()? == b',' {
            scanner.at += 1;
        }
    }
    Some(fields)
}

/// The elements of an array, each as its text; `None` where the text is none.
pub(crate) fn elements(text: &str) -> Option<Vec<&str>> {
    if !is_document(text) {
        return None;
    }
    let mut scanner = Scanner { text, at: 0 };
    let mut elements = Vec::new();
    scanner.pass(b'[')?;
    while scanner.peek()? != b']' {
        elements.push(scanner.slice(Scanner::value)?);
        if scanner.peek()? == b',' {
            scanner.at += 1;
        }
    }
    Some(elements)
}

/// What a JSON string says; `None` where the text is no such string.
pub(crate) fn text_of(json: &str) -> Option<String> {
    let mut chars = json.strip_prefix('"')?.strip_suffix('"')?.chars();
    let mut text = String::new();
    while let Some(char) = chars.next() {
        if char != '\\' {
            text.push(char);
            continue;
        }
        text.push(match chars.next()? {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => {
                let first = four_digits(&mut chars)?;
                match first {
                    // The halves of a character beyond the first 65,536.
                    0xd800..=0xdbff => {
                        let second = chars.as_str().strip_prefix("\\u").map(str::chars);
                        let second = four_digits(&mut second?)?.checked_sub(0xdc00).filter(|it| *it < 0x400)?;
                        chars = chars.as_str().get(6..)?.chars();
                        char::from_u32(0x10000 + ((first - 0xd800) << 10) + second)?
                    }
                    first => char::from_u32(first)?,
                }
            }
            other => other,
        });
    }
    Some(text)
}

fn four_digits(chars: &mut std::str::Chars<'_>) -> Option<u32> {
    let mut number = 0;
    for _ in 0..4 {
        number = number * 16 + chars.next()?.to_digit(16)?;
    }
    Some(number)
}

/// Reads JSON from left to right. Nothing here calls itself: documents may nest deeper than the stack.
struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    /// The next byte that is no space.
    fn peek(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.byte() {
            self.at += 1;
        }
        self.byte()
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn is_at_end(&mut self) -> bool {
        self.peek().is_none()
    }

    fn pass(&mut self, byte: u8) -> Option<()> {
        if self.peek()? == byte {
            self.at += 1;
            Some(())
        } else {
            None
        }
    }

    /// The text of what is passed over.
    fn slice(&mut self, pass: impl Fn(&mut Self) -> Option<()>) -> Option<&'a str> {
        self.peek()?;
        let start = self.at;
        pass(self)?;
        self.text.get(start..self.at)
    }

    fn value(&mut self) -> Option<()> {
        // What ends each object and array that is open.
        let mut open: Vec<u8> = Vec::new();
        loop {
            let end = match self.peek()? {
                b'{' => Some(b'}'),
                b'[' => Some(b']'),
                b'"' => self.string().map(|()| None)?,
                b't' => self.word("true").map(|()| None)?,
                b'f' => self.word("false").map(|()| None)?,
                b'n' => self.word("null").map(|()| None)?,
                _ => self.number().map(|()| None)?,
            };
            if let Some(end) = end {
                self.at += 1;
                if self.peek()? != end {
                    if end == b'}' {
                        self.key()?;
                    }
                    open.push(end);
                    continue;
                }
                self.at += 1;
            }
            loop {
                let Some(end) = open.last().copied() else { return Some(()) };
                let byte = self.peek()?;
                self.at += 1;
                match byte {
                    b',' => {
                        if end == b'}' {
                            self.key()?;
                        }
                        break;
                    }
                    byte if byte == end => open.pop(),
                    _ => return None,
                };
            }
        }
    }

    fn key(&mut self) -> Option<()> {
        self.peek()?;
        self.string()?;
        self.pass(b':')
    }

    fn string(&mut self) -> Option<()> {
        if self.byte()? != b'"' {
            return None;
        }
        self.at += 1;
        loop {
            let byte = self.byte()?;
            self.at += 1;
            match byte {
                b'"' => return Some(()),
                b'\\' => {
                    let escaped = self.byte()?;
                    self.at += 1;
                    match escaped {
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                        b'u' => {
                            let digits = self.text.get(self.at..self.at + 4)?;
                            digits.bytes().all(|it| it.is_ascii_hexdigit()).then_some(())?;
                            self.at += 4;
                        }
                        _ => return None,
                    }
                }
                byte if byte < b' ' => return None,
                _ => {}
            }
        }
    }

    fn word(&mut self, word: &str) -> Option<()> {
        self.text.get(self.at..)?.starts_with(word).then_some(())?;
        self.at += word.len();
        Some(())
    }

    fn number(&mut self) -> Option<()> {
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        let starts_with_zero = self.byte()? == b'0';
        let digits = self.digits()?;
        if starts_with_zero && digits > 1 {
            return None;
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.byte() {
                self.at += 1;
            }
            self.digits()?;
        }
        Some(())
    }

    /// How many digits there are; `None` where there is none.
    fn digits(&mut self) -> Option<usize> {
        let start = self.at;
        while self.byte().is_some_and(|it| it.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(self.at - start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_back() {
        for text in ["", "a\"b\\c", "\n\r\t\0\u{1f}", "ä€😀", "</script>'; drop table x; --"] {
            let mut json = String::new();
            write_text(text, &mut json);
            assert!(is_document(&json), "{json}");
            assert_eq!(text_of(&json).as_deref(), Some(text));
        }
        assert_eq!(text_of(r#""\ud83d\ude00\u0041\/\b\f""#).as_deref(), Some("😀A/\u{8}\u{c}"));
        assert_eq!(text_of(r#""\ud83d""#), None);
        assert_eq!(text_of(r#""\ud83dé""#), None);
    }

    #[test]
    fn documents_are_told_from_what_is_none() {
        for json in ["1", "-0.5e+10", "null", "[]", "{}", r#" {"a" : [1, {"b": "\u00e4"}] , "c":null} "#, "[[],[[]]]"] {
            assert!(is_document(json), "{json}");
        }
        for text in [
            "",
            " ",
            "01",
            "1.",
            "-",
            "1e",
            "nul",
            "[1,]",
            "[1",
            "{\"a\"}",
            "{\"a\":1,}",
            "{a:1}",
            "\"\\x\"",
            "\"\\u12\"",
            "\"",
            "\"\n\"",
            "1 2",
            "[}",
            "{]",
            "'a'",
            "\"\\u12é\"",
        ] {
            assert!(!is_document(text), "{text}");
        }
        let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        assert!(is_document(&deep));
        assert!(!is_document(&deep[1..]));
    }

    #[test]
    fn fields_and_elements_keep_the_text_of_their_values() {
        let json = r#"{"a": 12345678901234567890.10, "b\"": {"c": [1,2]}, "d":"x"}"#;
        let expected = [("a", "12345678901234567890.10"), ("b\"", r#"{"c": [1,2]}"#), ("d", "\"x\"")];
        assert_eq!(fields(json).unwrap(), expected.map(|(name, value)| (name.to_owned(), value)));
        assert_eq!(fields("{}"), Some(vec![]));
        assert_eq!(fields("[1]"), None);
        assert_eq!(fields("{\"a\":1} x"), None);
        assert_eq!(elements("[1, [2,3] ,\"x\"]"), Some(vec!["1", "[2,3]", "\"x\""]));
        assert_eq!(elements("{}"), None);
    }
}
