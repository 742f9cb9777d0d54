//! A million cursors, each changed by chance: none makes anything panic, and none is accepted but those that were made.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use kysera::Value;
use kysera::pagination::{Cursor, CursorKey, Cursors};

use crate::support::Random;

const COUNT: usize = 1_000_000;

fn cursors() -> [Cursors; 2] {
    let key = |id, secret: u8| CursorKey::new(id, [secret; 32]).unwrap();
    [
        Cursors::signed(key("main", 1)).also_accept(key("m", 2)),
        Cursors::encrypted(key("main", 1)).also_accept(key("m", 2)),
    ]
}

/// Cursors of both keys, of both ways to protect them, with and without an expiry, and unsigned ones.
fn seeds() -> Vec<Cursor> {
    let key = |id, secret: u8| CursorKey::new(id, [secret; 32]).unwrap();
    let mut makers = vec![Cursors::unsigned()];
    for (id, secret) in [("main", 1), ("m", 2), ("other", 3)] {
        makers.extend([Cursors::signed(key(id, secret)), Cursors::encrypted(key(id, secret))]);
    }
    let mut all = Vec::new();
    for maker in makers {
        let expiring = maker.clone().expires_after(Duration::from_secs(1_000_000));
        for values in [vec![], vec![Value::I64(7)], vec![Value::from("Zoë"), Value::Timestamp(1), Value::I64(8)]] {
            for maker in [&maker, &expiring] {
                all.push(maker.write_values("select 1", &values).unwrap());
            }
        }
    }
    all
}

struct Mutator {
    random: Random,
    seeds: Vec<Cursor>,
}

impl Mutator {
    fn below(&mut self, limit: usize) -> usize {
        self.random.below(limit as u64) as usize
    }

    fn seed(&mut self) -> String {
        let at = self.below(self.seeds.len());
        self.seeds[at].as_ref().to_owned()
    }

    fn next(&mut self) -> String {
        let seed = self.seed();
        match self.below(3) {
            0 => self.change_text(seed),
            1 => self.splice(&seed),
            _ => self.change_bytes(&BASE64.decode(seed).unwrap()),
        }
    }

    /// Letters of the alphabet and others; the last one also, in which bits may be left over.
    fn change_text(&mut self, text: String) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/= \n.%\0";
        let mut text = text.into_bytes();
        for _ in 0..=self.below(2) {
            let letter = LETTERS[self.below(LETTERS.len())];
            let at = self.below(text.len());
            match self.below(5) {
                0 => text[at] = letter,
                1 => *text.last_mut().unwrap() = letter,
                2 => text.insert(at, letter),
                3 => text.push(letter),
                _ => drop(text.remove(at)),
            }
        }
        String::from_utf8(text).unwrap()
    }

    /// The beginning of one and the end of another, in letters or in bytes.
    fn splice(&mut self, seed: &str) -> String {
        let other = self.seed();
        let (from, to) = (self.below(seed.len() + 1), self.below(other.len() + 1));
        if self.below(2) == 0 {
            return format!("{}{}", &seed[..from], &other[to..]);
        }
        let (seed, other) = (BASE64.decode(seed).unwrap(), BASE64.decode(other).unwrap());
        // At the same place, in most of them: so fields stay fields.
        let from = from.min(seed.len());
        let to = if self.below(4) == 0 { to } else { from }.min(other.len());
        BASE64.encode([&seed[..from], &other[to..]].concat())
    }

    fn change_bytes(&mut self, bytes: &[u8]) -> String {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(3) {
            let byte = self.below(256) as u8;
            let at = self.below(bytes.len());
            match self.below(6) {
                0 | 1 => bytes[at] ^= 1 << (byte % 8),
                2 => bytes[at] = byte,
                3 => bytes.insert(at, byte),
                4 if bytes.len() > 1 => drop(bytes.remove(at)),
                _ => bytes.truncate(at + 1),
            }
        }
        BASE64.encode(bytes)
    }
}

#[test]
fn pg5_a_million_changed_cursors() {
    let seeds = seeds();
    let [signed, encrypted] = cursors();
    for cursors in [&signed, &encrypted] {
        let accepted: BTreeSet<String> =
            seeds.iter().filter(|it| cursors.verify(it).is_ok()).map(ToString::to_string).collect();
        assert_eq!(accepted.len(), 12);
        let mut mutator = Mutator { random: Random::new(20_261_129), seeds: seeds.clone() };
        let mut faults = BTreeMap::<String, usize>::new();
        for _ in 0..COUNT / 2 {
            let text = mutator.next();
            let cursor = Cursor::from(text.as_str());
            match cursors.verify(&cursor) {
                Ok(()) => assert!(accepted.contains(&text), "accepted, though nobody made it: {text}"),
                Err(error) => {
                    let fault = error.as_cursor_fault().expect("the fault is of the cursor");
                    *faults.entry(format!("{fault:?}")).or_default() += 1;
                }
            }
        }
        // They get as far as the signature, each in their way.
        for fault in ["Malformed", "Version", "Unsigned", "Protected", "UnknownKey", "Tampered"] {
            assert!(faults.get(fault).is_some_and(|it| *it > 500), "{faults:?}");
        }
    }
}

/// Without a signature a changed cursor may be one; it is read or refused, and never a reason to panic.
#[test]
fn pg5_changed_cursors_without_a_signature() {
    let cursors = Cursors::unsigned();
    let seeds = seeds().into_iter().filter(|it| cursors.verify(it).is_ok()).collect();
    let mut mutator = Mutator { random: Random::new(7), seeds };
    let mut accepted = 0;
    for _ in 0..100_000 {
        let cursor = Cursor::from(mutator.next());
        match cursors.read_values("select 1", &cursor) {
            Ok(_) => accepted += 1,
            Err(error) => assert!(error.is_bad_request()),
        }
    }
    assert!(accepted > 1000, "{accepted}");
}
