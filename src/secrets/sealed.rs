//! AES-256-GCM for small values that must be read again but not by somebody who has a copy of
//! the database alone: a link's token that waits in a job's row for its mail.

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::token::Secret;

/// The longest value, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;

const NONCE: usize = 12;
const TAG: usize = 16;

/// Seals and opens. The nonce is random, 96 bits: good for some four billion values a key.
#[derive(Clone)]
pub struct Sealer {
    key: [u8; 32],
}

impl Sealer {
    /// With this key; see `keyed::Master::sealer`.
    pub(super) fn new(key: [u8; 32]) -> Sealer {
        Sealer { key }
    }

    /// Seals a secret into base64url text, about 38 characters longer and a third more.
    ///
    /// `context` says where the value stands (`jobs/confirm-address/17`); it opens only there,
    /// so a sealed value moved to another row is worthless.
    ///
    /// # Panics
    /// When the secret is longer than [`MAX_BYTES`]: the caller's mistake.
    pub fn seal(&self, context: &str, secret: &Secret) -> String {
        let plain = secret.reveal().as_bytes();
        assert!(plain.len() <= MAX_BYTES, "too much to seal");
        let mut bytes = plain.to_vec();
        let nonce = self
            .cipher()
            .seal_in_place_append_tag(Aad::from(context.as_bytes()), &mut bytes)
            .expect("a value within the limit can be sealed");
        let mut out = nonce.as_ref().to_vec();
        out.extend(bytes);
        URL_SAFE_NO_PAD.encode(out)
    }

    /// The secret again; `None` when the value was changed, moved, or sealed with another key.
    pub fn open(&self, context: &str, sealed: &str) -> Option<Secret> {
        if sealed.len() > (NONCE + MAX_BYTES + TAG) / 3 * 4 + 4 {
            return None;
        }
        let mut bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        if bytes.len() < NONCE + TAG {
            return None;
        }
        let (nonce, value) = bytes.split_at_mut(NONCE);
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let plain = self
            .cipher()
            .open_in_place(nonce, Aad::from(context.as_bytes()), value)
            .ok()?;
        String::from_utf8(plain.to_vec()).ok().map(Secret::new)
    }

    fn cipher(&self) -> RandomizedNonceKey {
        RandomizedNonceKey::new(&AES_256_GCM, &self.key).expect("the key has 32 bytes")
    }
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_opens_where_it_was_sealed_and_nowhere_else() {
        let sealer = Sealer::new([1; 32]);
        let secret = Secret::new("a token");
        let sealed = sealer.seal("jobs/1", &secret);
        assert!(!sealed.contains("token"));
        assert_ne!(sealed, sealer.seal("jobs/1", &secret));
        assert_eq!(sealer.open("jobs/1", &sealed), Some(secret));
        assert_eq!(sealer.open("jobs/2", &sealed), None);
        assert_eq!(Sealer::new([2; 32]).open("jobs/1", &sealed), None);
    }

    #[test]
    fn a_changed_value_does_not_open() {
        let sealer = Sealer::new([1; 32]);
        let bytes = URL_SAFE_NO_PAD
            .decode(sealer.seal("x", &Secret::new("value")))
            .unwrap();
        for i in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[i] ^= 0x80;
            assert_eq!(sealer.open("x", &URL_SAFE_NO_PAD.encode(changed)), None);
        }
        assert_eq!(sealer.open("x", ""), None);
        assert_eq!(sealer.open("x", "!"), None);
    }
}
