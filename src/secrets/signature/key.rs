//! Public keys of others, parsed: worth keeping, parsing costs as much as verifying.

use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The longest PEM that is read: an RSA key of 8192 bits takes 1.5 kB.
const MAX_PEM: usize = 4096;

/// An RSA key of 2,048 to 8,192 bits. Takes about 1 kB.
#[derive(Clone)]
pub struct PublicKey(ParsedPublicKey);

impl PublicKey {
    /// From PEM: `PUBLIC KEY` as nearly everybody sends it, or `RSA PUBLIC KEY`. `None` for
    /// what is no RSA key.
    pub fn from_pem(pem: &str) -> Option<PublicKey> {
        if pem.len() > MAX_PEM {
            return None;
        }
        let pem = pem.trim();
        let body = ["PUBLIC KEY", "RSA PUBLIC KEY"].iter().find_map(|label| {
            pem.strip_prefix(format!("-----BEGIN {label}-----").as_str())?
                .strip_suffix(format!("-----END {label}-----").as_str())
        })?;
        let text: String = body.split_ascii_whitespace().collect();
        PublicKey::from_der(&STANDARD.decode(text).ok()?)
    }

    /// From DER: `SubjectPublicKeyInfo` or PKCS#1's `RSAPublicKey`.
    pub fn from_der(der: &[u8]) -> Option<PublicKey> {
        ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der)
            .ok()
            .map(PublicKey)
    }

    /// Whether the holder made this signature over this message.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.verify_sig(message, signature).is_ok()
    }
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PublicKey(RSA)")
    }
}
