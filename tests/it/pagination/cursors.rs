//! Which cursors are accepted: those that were made with an accepted key for the same query, and no others.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use kysera::error::CursorFault;
use kysera::pagination::{Cursor, CursorKey, Cursors};
use kysera::{Error, Value};

const SQL: &str = "select id from users order by id";

/// The bytes before what is protected: the version, the protection, the id and its end.
const HEADER: usize = 1 + 1 + "main".len() + 1;

fn key(id: &str, secret: u8) -> CursorKey {
    CursorKey::new(id, [secret; 32]).unwrap()
}

fn signed() -> Cursors {
    Cursors::signed(key("main", 1))
}

fn encrypted() -> Cursors {
    Cursors::encrypted(key("main", 1))
}

fn all() -> [Cursors; 3] {
    [Cursors::unsigned(), signed(), encrypted()]
}

fn values() -> [Value; 2] {
    [Value::from("Zoë"), Value::I64(9_007_199_254_740_993)]
}

fn made_by(cursors: &Cursors) -> Cursor {
    cursors.write_values(SQL, &values()).unwrap()
}

#[track_caller]
fn fault(result: Result<(), Error>) -> CursorFault {
    let error = result.expect_err("the cursor was accepted");
    assert!(error.is_bad_request() && !error.is_invalid(), "{error}");
    let fault = error.as_cursor_fault().expect("the error is of a cursor").clone();
    assert_eq!(error.to_string(), fault.to_string());
    fault
}

fn of_bytes(bytes: &[u8]) -> Cursor {
    BASE64.encode(bytes).into()
}

fn bytes(cursor: &Cursor) -> Vec<u8> {
    BASE64.decode(cursor.as_ref()).unwrap()
}

#[test]
fn pg5_what_is_made_is_accepted() {
    for cursors in all() {
        let cursor = made_by(&cursors);
        cursors.verify(&cursor).unwrap();
        assert_eq!(cursors.read_values(SQL, &cursor).unwrap(), values());
        let text: String = cursor.clone().into();
        assert!(text.chars().all(|it| it.is_ascii_alphanumeric() || it == '-' || it == '_'), "{text}");
        assert_eq!(Cursor::from(text), cursor);
    }
}

/// No base64, no cursor of ours in it, or of another library: JSON, and tokens in three parts.
#[test]
fn pg4_what_is_none() {
    let json = BASE64.encode(r#"{"id":10,"created_at":"2026-01-01"}"#);
    let token = "eyJhbGciOiJub25lIn0.eyJpZCI6MTB9.";
    let texts = ["", " ", "=", "A", "AQ==", "not base64!", "..", "a.b", "\0", "null", "Zoë", "🦀", token, &json];
    for cursors in all() {
        for text in texts {
            assert_eq!(fault(cursors.verify(&text.into())), CursorFault::Malformed, "{text}");
        }
    }
}

#[test]
fn pg4_too_long() {
    for cursors in all() {
        assert_eq!(fault(cursors.verify(&"A".repeat(8193).into())), CursorFault::TooLong);
        assert_eq!(fault(cursors.verify(&"A".repeat(8192).into())), CursorFault::Malformed);
    }
}

/// Padding, the other alphabet, white space, and the bits that are left over at the end.
#[test]
fn pg4_one_text_for_each_cursor() {
    for cursors in all() {
        for length in 0..3 {
            let cursor = cursors.write_values(SQL, &[Value::Bytes(vec![0xfb; 40 + length])]).unwrap();
            cursors.verify(&cursor).unwrap();
            let text = cursor.as_ref();
            let mut others = vec![format!("{text}="), format!("{text}=="), format!("{text}\n"), format!(" {text}")];
            others.extend([text.replace('-', "+"), text.replace('_', "/")].into_iter().filter(|it| it != text));
            if text.len() % 4 != 0 {
                let (rest, last) = text.split_at(text.len() - 1);
                let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
                let at = alphabet.find(last).unwrap();
                others.push(format!("{rest}{}", &alphabet[at + 1..at + 2]));
            }
            for other in others {
                assert_eq!(fault(cursors.verify(&other.as_str().into())), CursorFault::Malformed, "{other}");
            }
        }
    }
}

#[test]
fn pg4_another_version() {
    for cursors in all() {
        let mut changed = bytes(&made_by(&cursors));
        changed[0] = 2;
        assert_eq!(fault(cursors.verify(&of_bytes(&changed))), CursorFault::Version);
    }
}

#[test]
fn pg5_each_bit() {
    for cursors in [signed(), encrypted()] {
        let cursor = bytes(&made_by(&cursors));
        for at in 0..cursor.len() * 8 {
            let mut changed = cursor.clone();
            changed[at / 8] ^= 1 << (at % 8);
            let fault = fault(cursors.verify(&of_bytes(&changed)));
            // What is changed before that is another version, protection or key.
            if at / 8 >= HEADER {
                assert_eq!(fault, CursorFault::Tampered, "bit {at}");
            }
        }
    }
}

#[test]
fn pg5_cut_off_or_longer() {
    for cursors in [signed(), encrypted()] {
        let cursor = made_by(&cursors);
        for length in 0..cursor.as_ref().len() {
            fault(cursors.verify(&cursor.as_ref()[..length].into()));
        }
        let whole = bytes(&cursor);
        for length in 0..whole.len() {
            fault(cursors.verify(&of_bytes(&whole[..length])));
            fault(cursors.verify(&of_bytes(&whole[length + 1..])));
        }
        for more in 0..=u8::MAX {
            assert_eq!(fault(cursors.verify(&of_bytes(&[&*whole, &[more]].concat()))), CursorFault::Tampered);
        }
    }
}

/// Without a signature, what is read is still read strictly.
#[test]
fn pg5_cut_off_without_a_signature() {
    let cursors = Cursors::unsigned();
    let cursor = bytes(&cursors.write_values(SQL, &[Value::I64(7)]).unwrap());
    for length in 0..cursor.len() {
        let result = cursors.read_values(SQL, &of_bytes(&cursor[..length]));
        // Cut before the value, it is the cursor of an order without terms.
        match length {
            20 => assert_eq!(result.unwrap(), []),
            _ => assert_eq!(fault(result.map(drop)), CursorFault::Malformed, "{length}"),
        }
    }
}

#[test]
fn pg5_another_secret() {
    for (ours, other) in
        [(signed(), Cursors::signed(key("main", 2))), (encrypted(), Cursors::encrypted(key("main", 2)))]
    {
        assert_eq!(fault(ours.verify(&made_by(&other))), CursorFault::Tampered);
    }
}

#[test]
fn pg5_another_key() {
    for (ours, other) in
        [(signed(), Cursors::signed(key("other", 1))), (encrypted(), Cursors::encrypted(key("other", 1)))]
    {
        assert_eq!(fault(ours.verify(&made_by(&other))), CursorFault::UnknownKey);
    }
}

#[test]
fn pg5_unsigned_where_signed_is_required() {
    for cursors in [signed(), encrypted()] {
        assert_eq!(fault(cursors.verify(&made_by(&Cursors::unsigned()))), CursorFault::Unsigned);
    }
}

#[test]
fn pg5_signed_where_that_is_not_configured() {
    for (cursors, other) in [
        (Cursors::unsigned(), signed()),
        (Cursors::unsigned(), encrypted()),
        (signed(), encrypted()),
        (encrypted(), signed()),
    ] {
        assert_eq!(fault(cursors.verify(&made_by(&other))), CursorFault::Protected);
    }
}

/// One that says that it is protected otherwise than it is, by all who know the same secret.
#[test]
fn pg5_another_protection_by_name() {
    for from in all() {
        let cursor = bytes(&made_by(&from));
        for protection in (0..=u8::MAX).filter(|it| *it != cursor[1]) {
            let mut changed = cursor.clone();
            changed[1] = protection;
            for cursors in [signed(), encrypted()] {
                fault(cursors.verify(&of_bytes(&changed)));
            }
        }
    }
}

/// The id is protected too, though it is read before anything is known of the cursor.
#[test]
fn pg5_another_key_by_name() {
    for cursors in [signed().also_accept(key("more", 1)), encrypted().also_accept(key("more", 1))] {
        let mut changed = bytes(&made_by(&cursors));
        changed[2..6].copy_from_slice(b"more");
        assert_eq!(fault(cursors.verify(&of_bytes(&changed))), CursorFault::Tampered);
    }
}

#[test]
fn pg5_short_secret() {
    for length in [0, 1, 16, 31] {
        let error = CursorKey::new("main", "z".repeat(length)).unwrap_err();
        assert!(error.is_invalid() && !error.to_string().contains("zz"), "{error}");
    }
    CursorKey::new("main", "z".repeat(32)).unwrap();
    CursorKey::new("main", "z".repeat(500)).unwrap();
}

#[test]
fn pg5_ids() {
    for id in ["a", "2026-11", "a_b.C-9", &"x".repeat(32)] {
        let cursors = Cursors::signed(key(id, 1));
        cursors.verify(&made_by(&cursors)).unwrap();
    }
    for id in ["", " ", "a b", "a\0", "ä", "a/b", &"x".repeat(33)] {
        let error = CursorKey::new(id, [1; 32]).unwrap_err();
        assert!(error.is_invalid(), "{error}");
    }
}

#[test]
fn pg5_secrets_of_more_than_a_block_count_to_the_end() {
    let long = |last: u8| Cursors::signed(CursorKey::new("main", [&[1; 200][..], &[last]].concat()).unwrap());
    assert_eq!(fault(long(1).verify(&made_by(&long(2)))), CursorFault::Tampered);
}

#[test]
fn pg5_a_nonce_for_each() {
    let cursors = encrypted();
    let made: std::collections::BTreeSet<String> = (0..1000).map(|_| made_by(&cursors).into()).collect();
    assert_eq!(made.len(), 1000);
}

#[test]
fn pg5_encrypted_ones_show_nothing() {
    let cursor = bytes(&made_by(&encrypted()));
    assert!(!cursor.windows(3).any(|it| it == "Zoë".as_bytes()[..3].to_vec()));
    // In a signed one, the same search finds it.
    let cursor = bytes(&made_by(&signed()));
    assert!(cursor.windows(3).any(|it| it == "Zoë".as_bytes()[..3].to_vec()));
}

#[test]
fn pg7_of_another_query() {
    for cursors in all() {
        let cursor = made_by(&cursors);
        cursors.verify(&cursor).unwrap();
        let other = "select id from users order by id desc";
        assert_eq!(fault(cursors.read_values(other, &cursor).map(drop)), CursorFault::OtherQuery);
    }
}

/// An old key stays accepted, and new cursors are made with the new one.
#[test]
fn pg5_rotation() {
    type Make = fn(CursorKey) -> Cursors;
    for make in [Cursors::signed as Make, Cursors::encrypted as Make] {
        let (old, new) = (make(key("old", 1)), make(key("new", 2)));
        let both = new.clone().also_accept(key("older", 3)).also_accept(key("old", 1));
        for cursors in [&old, &new, &both] {
            assert_eq!(both.read_values(SQL, &made_by(cursors)).unwrap(), values());
        }
        new.verify(&made_by(&both)).unwrap();
        assert_eq!(fault(old.verify(&made_by(&both))), CursorFault::UnknownKey);
    }
}

/// Keys of one id are tried one after the other.
#[test]
fn pg5_rotation_under_one_id() {
    let both = Cursors::signed(key("main", 2)).also_accept(key("main", 1));
    both.verify(&made_by(&signed())).unwrap();
    both.verify(&made_by(&Cursors::signed(key("main", 2)))).unwrap();
    assert_eq!(fault(both.verify(&made_by(&Cursors::signed(key("main", 3))))), CursorFault::Tampered);
}

#[test]
fn pg5_unsigned_ones_have_no_keys() {
    let cursors = Cursors::unsigned().also_accept(key("main", 1));
    assert!(cursors.write_values(SQL, &values()).unwrap_err().is_invalid());
    for made in all() {
        assert!(cursors.verify(&made_by(&made)).unwrap_err().is_invalid());
    }
}

#[test]
fn pg5_expiry() {
    for cursors in all() {
        let (hour, never) = (Duration::from_secs(3600), Duration::MAX);
        for lasting in [hour, never] {
            let lasting = cursors.clone().expires_after(lasting);
            lasting.verify(&made_by(&lasting)).unwrap();
            cursors.verify(&made_by(&lasting)).unwrap();
            assert_eq!(fault(lasting.verify(&made_by(&cursors))), CursorFault::Expired);
        }
    }
}

#[test]
fn debug_shows_no_secret_and_no_values() {
    let key = CursorKey::new("main", "a secret of more than 32 characters").unwrap();
    let cursors = Cursors::encrypted(key.clone()).also_accept(key.clone());
    let cursor = made_by(&cursors);
    assert_eq!(format!("{key:?} {cursor:?}"), r#"CursorKey("main") Cursor(..)"#);
    let keys = r#"Keys { first: CursorKey("main"), others: [CursorKey("main")] }"#;
    assert_eq!(format!("{cursors:?}"), format!("Cursors {{ protection: Encrypted({keys}), lifetime: None }}"));
}

#[test]
fn in_json() {
    let cursor = made_by(&signed());
    let json = serde_json::to_value(&cursor).unwrap();
    assert_eq!(json, serde_json::Value::from(cursor.to_string()));
    assert_eq!(serde_json::from_value::<Cursor>(json).unwrap(), cursor);
    assert!(serde_json::from_str::<Cursor>("7").is_err());
}

/// What clients have must be read by later versions too. These were made outside of Rust, by other people's HMAC-SHA256
/// and AES-256-GCM.
#[test]
fn cursors_of_version_1() {
    const UNSIGNED: &str = "AQAAAFNAFGgl9pAaN83sZEl6duYIAARab8OrBAAIACAAAAAAAAE";
    const SIGNED: &str =
        "AQFtYWluAAC0LmM8dd0dGKpHM6hLIdm-CAAEWm_DqwQACAAgAAAAAAABblVAjqwWinpCRRUXqlQDyOx5jwyxDDgr309Je9HTZcA";
    const ENCRYPTED: &str =
        "AQJtYWluAAABAgMEBQYHCAkKC87rHdMgXKJHIurwEikxVTy411OjMlCt_oVH-l_Oz3X79YmuPw22e8gg-ShghXr8R9W7CA";
    for (cursors, text) in all().iter().zip([UNSIGNED, SIGNED, ENCRYPTED]) {
        assert_eq!(cursors.read_values(SQL, &text.into()).unwrap(), values());
    }
    // All but the encrypted ones, in which is chance, are made as they were.
    assert_eq!(made_by(&Cursors::unsigned()), UNSIGNED.into());
    assert_eq!(made_by(&signed()), SIGNED.into());
}
