//! Strings that we sign, hand out and get back: nothing is stored for them.
//!
//! A [`sign`]ed token carries a payload that its holder can read but not change, the time it
//! was made, its expiry and a nonce (for "used once", which the caller remembers). A
//! [`media_signature`] is bare: path, user and expiry stand in the link beside it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};

use super::keyed::Key;
use super::token::random_bytes;

/// The longest payload, in bytes; longer facts belong into a row.
pub const MAX_PAYLOAD: usize = 6 * 1024;
/// How long a link to private media is good, at most; at least five minutes less.
pub const MEDIA_LINK_MINUTES: i64 = 60;
/// Links made within the same few minutes are the same, so that browsers can keep the file.
const MEDIA_LINK_STEP_MINUTES: i64 = 5;

const VERSION: u8 = 1;
/// Version, time, expiry, nonce.
const HEAD: usize = 1 + 8 + 8 + 16;
const MAC: usize = 32;

/// What a token said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The facts.
    pub payload: Vec<u8>,
    /// When it was made, to the millisecond.
    pub issued_at: DateTime<Utc>,
    /// When it ceases to hold.
    pub expires_at: DateTime<Utc>,
    /// Another one for each token.
    pub nonce: [u8; 16],
}

/// Why a token does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Not ours, or changed.
    Forged,
    /// Ours, but too old. What it said is still true, so that a form can come again with the
    /// same questions.
    Expired(Signed),
}

/// A token in base64url with these facts, good for so long.
///
/// # Panics
/// When the payload is longer than [`MAX_PAYLOAD`]: the caller's mistake.
pub fn sign(key: &Key, payload: &[u8], now: DateTime<Utc>, good_for: TimeDelta) -> String {
    assert!(payload.len() <= MAX_PAYLOAD, "too much to sign");
    let mut token = Vec::with_capacity(HEAD + payload.len() + MAC);
    token.push(VERSION);
    token.extend(now.timestamp_millis().to_be_bytes());
    token.extend((now + good_for).timestamp_millis().to_be_bytes());
    token.extend(random_bytes::<16>());
    token.extend(payload);
    let mac = key.mac(&[&token]);
    token.extend(mac);
    URL_SAFE_NO_PAD.encode(token)
}

/// What a token says, if it is ours and still holds.
pub fn open(key: &Key, token: &str, now: DateTime<Utc>) -> Result<Signed, Fault> {
    // Refuse by length before decoding: 4 characters carry 3 bytes.
    if token.len() > (HEAD + MAX_PAYLOAD + MAC) / 3 * 4 + 4 {
        return Err(Fault::Forged);
    }
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| Fault::Forged)?;
    if bytes.len() < HEAD + MAC || bytes[0] != VERSION {
        return Err(Fault::Forged);
    }
    let (said, mac) = bytes.split_at(bytes.len() - MAC);
    if !key.verify(&[said], mac) {
        return Err(Fault::Forged);
    }
    let signed = Signed {
        issued_at: millis(&said[1..9])?,
        expires_at: millis(&said[9..17])?,
        nonce: said[17..HEAD].try_into().map_err(|_| Fault::Forged)?,
        payload: said[HEAD..].to_vec(),
    };
    if now < signed.expires_at {
        Ok(signed)
    } else {
        Err(Fault::Expired(signed))
    }
}

/// When a link to private media made now ends: within the hour, on a five-minute mark.
pub fn media_link_expiry(now: DateTime<Utc>) -> DateTime<Utc> {
    let step = MEDIA_LINK_STEP_MINUTES * 60;
    let start = now.timestamp().div_euclid(step) * step;
    let end = start + MEDIA_LINK_MINUTES * 60;
    DateTime::from_timestamp(end, 0).unwrap_or(now)
}

/// The signature of a link to private media: 43 characters of base64url over the file's path,
/// the user it is for and the expiry (whole seconds).
pub fn media_signature(key: &Key, path: &str, user: i64, expires_at: DateTime<Utc>) -> String {
    let mac = media_mac(key, path, user, expires_at.timestamp());
    URL_SAFE_NO_PAD.encode(mac)
}

/// Whether the link is ours and still holds. `expires` is in unix seconds, as the link has it.
pub fn media_signature_holds(
    key: &Key,
    path: &str,
    user: i64,
    expires: i64,
    signature: &str,
    now: DateTime<Utc>,
) -> bool {
    let Ok(given) = URL_SAFE_NO_PAD.decode(signature) else {
        return false;
    };
    let ours = media_mac(key, path, user, expires);
    super::token::equal(&ours, &given) && now.timestamp() < expires
}

fn media_mac(key: &Key, path: &str, user: i64, expires: i64) -> [u8; 32] {
    key.mac(&[path.as_bytes(), &user.to_be_bytes(), &expires.to_be_bytes()])
}

fn millis(bytes: &[u8]) -> Result<DateTime<Utc>, Fault> {
    bytes
        .try_into()
        .ok()
        .map(i64::from_be_bytes)
        .and_then(DateTime::from_timestamp_millis)
        .ok_or(Fault::Forged)
}

#[cfg(test)]
mod tests {
    use super::super::keyed::{Master, Purpose};
    use super::*;

    fn key() -> Key {
        Master::from_bytes(&[3; 32]).unwrap().key(Purpose::Form)
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn a_token_says_what_was_signed() {
        let token = sign(&key(), b"questions 1,2", at(0), TimeDelta::hours(24));
        let signed = open(&key(), &token, at(60)).unwrap();
        assert_eq!(signed.payload, b"questions 1,2");
        assert_eq!(signed.issued_at, at(0));
        assert_eq!(signed.expires_at, at(24 * 3600));
        let again = sign(&key(), b"questions 1,2", at(0), TimeDelta::hours(24));
        assert_ne!(open(&key(), &again, at(60)).unwrap().nonce, signed.nonce);
    }

    #[test]
    fn an_expired_token_still_tells_its_questions() {
        let token = sign(&key(), b"q", at(0), TimeDelta::seconds(10));
        assert!(open(&key(), &token, at(9)).is_ok());
        match open(&key(), &token, at(10)) {
            Err(Fault::Expired(signed)) => assert_eq!(signed.payload, b"q"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn any_changed_bit_is_a_forgery() {
        let token = sign(&key(), b"payload", at(0), TimeDelta::hours(1));
        let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
        for i in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[i] ^= 1;
            let changed = URL_SAFE_NO_PAD.encode(changed);
            assert_eq!(
                open(&key(), &changed, at(1)),
                Err(Fault::Forged),
                "byte {i}"
            );
        }
        let longest = "A".repeat(100_000);
        for bad in ["", "x", "%%", &token[..token.len() - 2], longest.as_str()] {
            assert_eq!(open(&key(), bad, at(1)), Err(Fault::Forged));
        }
        let other = Master::random().key(Purpose::Form);
        assert_eq!(open(&other, &token, at(1)), Err(Fault::Forged));
    }

    #[test]
    fn a_media_link_holds_for_its_file_user_and_hour() {
        let (key, path) = (key(), "private/ab/cd/abcd.jpg");
        let end = media_link_expiry(at(0));
        assert!(end - at(0) <= TimeDelta::minutes(60) && end - at(0) > TimeDelta::minutes(55));
        let signature = media_signature(&key, path, 7, end);
        let holds = |path, user, expires, now| {
            media_signature_holds(&key, path, user, expires, &signature, now)
        };
        let seconds = end.timestamp();
        assert!(holds(path, 7, seconds, at(0)));
        assert!(!holds("private/ab/cd/abce.jpg", 7, seconds, at(0)));
        assert!(!holds(path, 8, seconds, at(0)));
        assert!(!holds(path, 7, seconds + 3600, at(0)));
        assert!(!holds(path, 7, seconds, end));
        assert!(!media_signature_holds(&key, path, 7, seconds, "", at(0)));
    }
}
