//! Cursors say what was put into them, and changed ones are refused.

#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use kysera::pagination::{Cursor, CursorKey, Cursors};
use kysera::{Error, Value};
use libfuzzer_sys::fuzz_target;

const SQL: &str = "select 1";

/// What is changed of the text of a cursor, at a place that is taken modulo its length.
#[derive(Arbitrary, Debug)]
enum Change<'a> {
    Replace(u16, char),
    Insert(u16, &'a str),
    CutFront(u16),
    CutBack(u16),
}

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    values: Vec<Key<'a>>,
    changes: Vec<Change<'a>>,
    /// What somebody sends who has never seen one.
    text: &'a str,
}

#[derive(Arbitrary, Debug)]
enum Key<'a> {
    Bool(bool),
    I16(i16),
    I32(i32),
    I64(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
    Uuid([u8; 16]),
    Date(i32),
    Timestamp(i64),
}

impl Key<'_> {
    fn value(&self) -> Value {
        match *self {
            Self::Bool(it) => Value::Bool(it),
            Self::I16(it) => Value::I16(it),
            Self::I32(it) => Value::I32(it),
            Self::I64(it) => Value::I64(it),
            Self::Text(it) => it.into(),
            Self::Bytes(it) => it.into(),
            Self::Uuid(it) => Value::Uuid(it),
            Self::Date(it) => Value::Date(it),
            Self::Timestamp(it) => Value::Timestamp(it),
        }
    }
}

impl Change<'_> {
    fn apply(&self, text: &mut Vec<char>) {
        let place = |at: u16| usize::from(at) % (text.len() + 1);
        match *self {
            Self::Replace(at, letter) => {
                let at = place(at);
                text.splice(at..(at + 1).min(text.len()), [letter]);
            }
            Self::Insert(at, more) => {
                let at = place(at);
                text.splice(at..at, more.chars());
            }
            Self::CutFront(at) => drop(text.drain(..place(at))),
            Self::CutBack(at) => text.truncate(place(at)),
        }
    }
}

/// Signed and encrypted ones, with one secret.
static PROTECTED: LazyLock<[Cursors; 2]> = LazyLock::new(|| {
    let key = CursorKey::new("fuzz", [7; 32]).expect("it is long enough");
    [Cursors::signed(key.clone()), Cursors::encrypted(key)]
});

/// Whether it is accepted; where it is not, that is the fault of who sent it.
fn accepts(cursors: &Cursors, cursor: &Cursor) -> bool {
    let result = cursors.verify(cursor);
    assert!(result.as_ref().err().is_none_or(Error::is_bad_request));
    result.is_ok()
}

/// A cursor of these values, and it changed; nothing where they are too long for one.
fn made(cursors: &Cursors, input: &Input) -> Option<(Cursor, Cursor)> {
    let values: Vec<Value> = input.values.iter().map(Key::value).collect();
    let cursor = cursors.write_values(SQL, &values).ok()?;
    assert_eq!(cursors.read_values(SQL, &cursor).expect("it was made for this query"), values);
    let mut text = cursor.as_ref().chars().collect();
    input.changes.iter().for_each(|it| it.apply(&mut text));
    Some((cursor, text.into_iter().collect::<String>().into()))
}

fuzz_target!(|input: Input| {
    let sent = Cursor::from(input.text);
    for cursors in &*PROTECTED {
        assert!(!accepts(cursors, &sent));
        if let Some((cursor, changed)) = made(cursors, &input) {
            assert_eq!(accepts(cursors, &changed), changed == cursor);
        }
    }
    // Without a signature, a changed one may be a cursor too.
    let cursors = Cursors::unsigned();
    accepts(&cursors, &sent);
    if let Some((_, changed)) = made(&cursors, &input) {
        accepts(&cursors, &changed);
    }
});
