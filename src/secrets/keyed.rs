//! One master secret, and a subkey for each purpose.
//!
//! What was signed for one purpose is worthless for another: every purpose has a key of its
//! own, derived by HMAC-SHA256 from the master under the purpose's label. A new master (a new
//! key id) makes all of them new; older masters stay only to compare remembered hashes (D26).

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::sealed::Sealer;
use super::token::{equal, random_bytes};

/// What a subkey is for. The label must never change: it is part of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Links to private media.
    PrivateMedia,
    /// Tokens in forms: what was asked, and when.
    Form,
    /// Cross-site request forgery.
    Csrf,
    /// The memory of decisions: hashes of addresses and networks.
    Decisions,
    /// Values sealed at rest.
    AtRest,
    /// Links in mails that carry their own facts.
    MailLink,
    /// Our addresses of media that lie on other servers.
    RemoteMedia,
}

impl Purpose {
    fn label(self) -> &'static str {
        match self {
            Purpose::PrivateMedia => "porchlight/1/private-media",
            Purpose::Form => "porchlight/1/form",
            Purpose::Csrf => "porchlight/1/csrf",
            Purpose::Decisions => "porchlight/1/decisions",
            Purpose::AtRest => "porchlight/1/at-rest",
            Purpose::MailLink => "porchlight/1/mail-link",
            Purpose::RemoteMedia => "porchlight/1/remote-media",
        }
    }
}

/// The instance's secret: 32 random bytes, made once, kept in Postgres.
#[derive(Clone)]
pub struct Master([u8; 32]);

impl Master {
    /// A new one.
    pub fn random() -> Master {
        Master(random_bytes())
    }

    /// The one that was stored; `None` unless it is 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Master> {
        bytes.try_into().ok().map(Master)
    }

    /// To be stored, and for nothing else.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// The 32 bytes for a purpose.
    fn derive(&self, purpose: Purpose) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        to_array(hmac::sign(&key, purpose.label().as_bytes()))
    }

    /// The key for a purpose.
    pub fn key(&self, purpose: Purpose) -> Key {
        Key(hmac::Key::new(hmac::HMAC_SHA256, &self.derive(purpose)))
    }

    /// The sealer for values at rest.
    pub fn sealer(&self) -> Sealer {
        Sealer::new(self.derive(Purpose::AtRest))
    }
}

impl std::fmt::Debug for Master {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Master(…)")
    }
}

/// An HMAC-SHA256 key for one purpose.
#[derive(Clone)]
pub struct Key(hmac::Key);

impl Key {
    /// The MAC over several fields. Each goes in with its length, so that `ab|c` and `a|bc`
    /// differ.
    pub fn mac(&self, fields: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        for field in fields {
            context.update(&(field.len() as u64).to_be_bytes());
            context.update(field);
        }
        to_array(context.sign())
    }

    /// Whether this is the MAC over these fields, in constant time.
    pub fn verify(&self, fields: &[&[u8]], mac: &[u8]) -> bool {
        equal(&self.mac(fields), mac)
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// Every key that the house uses, made once from the current master.
#[derive(Debug, Clone)]
pub struct Keyring {
    /// Signs links to private media (`signed::media_signature`).
    pub private_media: Key,
    /// Signs form tokens (`signed::sign`).
    pub form: Key,
    /// Makes CSRF tokens.
    pub csrf: Key,
    /// Signs links in mails.
    pub mail_link: Key,
    /// Signs our addresses of media elsewhere (`files::remote`).
    pub remote_media: Key,
    /// Hashes what is remembered of decisions.
    pub decisions: KeyedHashes,
    /// Seals values at rest.
    pub at_rest: Sealer,
}

impl Keyring {
    /// From the current master with its id, and the older ones with theirs.
    pub fn new(id: i16, master: &Master, older: &[(i16, Master)]) -> Keyring {
        Keyring {
            private_media: master.key(Purpose::PrivateMedia),
            form: master.key(Purpose::Form),
            csrf: master.key(Purpose::Csrf),
            mail_link: master.key(Purpose::MailLink),
            remote_media: master.key(Purpose::RemoteMedia),
            decisions: KeyedHashes {
                current: (id, master.key(Purpose::Decisions)),
                older: older
                    .iter()
                    .map(|(id, master)| (*id, master.key(Purpose::Decisions)))
                    .collect(),
            },
            at_rest: master.sealer(),
        }
    }
}

/// Hashes that only this instance can make: equal values can be found, no list of addresses
/// can be tried out by somebody who has the table but not the key.
#[derive(Debug, Clone)]
pub struct KeyedHashes {
    current: (i16, Key),
    older: Vec<(i16, Key)>,
}

/// A keyed hash and the id of the key that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyedHash {
    /// Which master's key.
    pub key_id: i16,
    /// HMAC-SHA256 of kind and value.
    pub hash: [u8; 32],
}

impl KeyedHashes {
    /// The hash to be stored. `kind` (`email`, `network`, …) keeps equal values of different
    /// kinds apart; the value comes in its canonical form.
    pub fn hash(&self, kind: &str, value: &str) -> KeyedHash {
        one(&self.current, kind, value)
    }

    /// The hashes to look for: the current key's first, then those of older keys.
    pub fn all(&self, kind: &str, value: &str) -> Vec<KeyedHash> {
        std::iter::once(&self.current)
            .chain(&self.older)
            .map(|key| one(key, kind, value))
            .collect()
    }
}

fn one((key_id, key): &(i16, Key), kind: &str, value: &str) -> KeyedHash {
    KeyedHash {
        key_id: *key_id,
        hash: key.mac(&[kind.as_bytes(), value.as_bytes()]),
    }
}

/// A CSRF token for this session, 64 characters of base64url. Each call gives another one, so
/// that compression beside foreign text tells nothing of it.
pub fn csrf_token(key: &Key, session: &[u8]) -> String {
    let salt: [u8; 16] = random_bytes();
    let mac = key.mac(&[&salt, session]);
    URL_SAFE_NO_PAD.encode([&salt[..], &mac[..]].concat())
}

/// Whether the token was made for this session.
pub fn csrf_matches(key: &Key, session: &[u8], token: &str) -> bool {
    match URL_SAFE_NO_PAD.decode(token) {
        Ok(bytes) if bytes.len() == 48 => key.verify(&[&bytes[..16], session], &bytes[16..]),
        _ => false,
    }
}

fn to_array(tag: hmac::Tag) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(tag.as_ref());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn master(byte: u8) -> Master {
        Master([byte; 32])
    }

    #[test]
    fn purposes_and_masters_have_keys_of_their_own() {
        let one = master(1).key(Purpose::Form).mac(&[b"x"]);
        assert_eq!(one, master(1).key(Purpose::Form).mac(&[b"x"]));
        assert_ne!(one, master(1).key(Purpose::Csrf).mac(&[b"x"]));
        assert_ne!(one, master(2).key(Purpose::Form).mac(&[b"x"]));
    }

    #[test]
    fn fields_do_not_run_together() {
        let key = master(1).key(Purpose::Form);
        assert_ne!(key.mac(&[b"ab", b"c"]), key.mac(&[b"a", b"bc"]));
        assert!(key.verify(&[b"ab", b"c"], &key.mac(&[b"ab", b"c"])));
        assert!(!key.verify(&[b"ab", b"c"], &[]));
    }

    #[test]
    fn a_csrf_token_holds_for_its_session_only() {
        let key = master(1).key(Purpose::Csrf);
        let (a, b) = (csrf_token(&key, b"session"), csrf_token(&key, b"session"));
        assert_ne!(a, b);
        assert_eq!(a.len(), 64);
        assert!(csrf_matches(&key, b"session", &a) && csrf_matches(&key, b"session", &b));
        assert!(!csrf_matches(&key, b"another", &a));
        assert!(!csrf_matches(&key, b"session", ""));
        assert!(!csrf_matches(&key, b"session", "%%%"));
        assert!(!csrf_matches(&master(2).key(Purpose::Csrf), b"session", &a));
    }

    #[test]
    fn what_an_older_key_remembered_is_still_found() {
        let before = Keyring::new(1, &master(1), &[]);
        let after = Keyring::new(2, &master(2), &[(1, master(1))]);
        let stored = before.decisions.hash("email", "ann@example.org");
        assert_eq!(stored.key_id, 1);
        assert!(
            after
                .decisions
                .all("email", "ann@example.org")
                .contains(&stored)
        );
        assert!(
            !after
                .decisions
                .all("network", "ann@example.org")
                .contains(&stored)
        );
        assert_eq!(after.decisions.hash("email", "ann@example.org").key_id, 2);
    }

    #[test]
    fn keys_do_not_show_in_debug() {
        let shown = format!("{:?} {:?}", master(7), Keyring::new(1, &master(7), &[]));
        assert!(!shown.contains('7'), "{shown}");
        assert!(Master::from_bytes(&[0; 31]).is_none());
    }
}
