//! Random tokens and codes; their digests at rest.
//!
//! A token carries 256 random bits, so its digest needs neither salt nor a slow hash. The
//! token itself is never stored: only `digest` is (abuse case T4).

use aws_lc_rs::digest::{SHA256, digest as sha};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::Rng;
use rand::TryRngCore;
use rand::rngs::OsRng;
use subtle::ConstantTimeEq;

/// Bytes in a token; 43 characters of base64url.
pub const TOKEN_BYTES: usize = 32;

/// Characters of codes that people type: no vowels (no words), nothing that looks alike.
const CODE_ALPHABET: &[u8] = b"23456789BCDFGHJKMNPQRSTVWXZ";

/// A string that must not reach a log: it has no `Display`, and its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A new token: [`TOKEN_BYTES`] random bytes in base64url without padding.
    pub fn random() -> Secret {
        Secret(URL_SAFE_NO_PAD.encode(random_bytes::<TOKEN_BYTES>()))
    }

    /// A code of so many characters to be typed by a person, about 4.75 bits each. Guard it
    /// by an expiry and a count of tries: it is short.
    pub fn code(characters: usize) -> Secret {
        let mut rng = rand::rng();
        let code = (0..characters)
            .map(|_| CODE_ALPHABET[rng.random_range(0..CODE_ALPHABET.len())] as char)
            .collect();
        Secret(code)
    }

    /// Wraps a secret that came from elsewhere.
    pub fn new(secret: impl Into<String>) -> Secret {
        Secret(secret.into())
    }

    /// The secret in clear, for the one place that hands it out.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept at rest.
    pub fn digest(&self) -> [u8; 32] {
        digest(&self.0)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl From<String> for Secret {
    fn from(secret: String) -> Secret {
        Secret(secret)
    }
}

/// SHA-256 of a token: what is kept at rest and looked up by.
pub fn digest(token: &str) -> [u8; 32] {
    sha256(token.as_bytes())
}

/// SHA-256 of any bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(sha(&SHA256, bytes).as_ref());
    out
}

/// SHA-256 in base64url without padding: PKCE's S256 challenge of a verifier (RFC 7636).
pub fn s256(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(verifier))
}

/// Equality in a time that tells only the lengths.
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

/// Random bytes from the operating system.
///
/// # Panics
/// When the operating system has no randomness to give; nothing safe could follow.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    OsRng
        .try_fill_bytes(&mut bytes)
        .expect("the operating system gives random bytes");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_long_url_safe_and_never_the_same() {
        let (a, b) = (Secret::random(), Secret::random());
        assert_ne!(a, b);
        assert_eq!(a.reveal().len(), 43);
        assert!(
            a.reveal()
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_')
        );
    }

    #[test]
    fn a_secret_does_not_show_in_debug() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(…)");
    }

    #[test]
    fn codes_hold_no_character_that_looks_like_another() {
        let code = Secret::code(400);
        assert_eq!(code.reveal().len(), 400);
        assert!(
            !code
                .reveal()
                .contains(['0', 'O', '1', 'I', 'L', 'A', 'U', 'Y'])
        );
    }

    #[test]
    fn the_digest_is_sha_256() {
        assert_eq!(digest("abc")[..4], [0xba, 0x78, 0x16, 0xbf]);
        // The example of RFC 7636, appendix B.
        assert_eq!(
            s256("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn equality_also_looks_at_the_length() {
        assert!(equal(b"abc", b"abc"));
        assert!(!equal(b"abc", b"abd"));
        assert!(!equal(b"abc", b"abcd"));
    }
}
