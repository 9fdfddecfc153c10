//! Digests of bodies: `Digest` (RFC 3230) beside draft-cavage, `Content-Digest` (RFC 9530)
//! beside RFC 9421.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256, Sha512};

use super::Refused;
use super::structured::{self, Value};

/// The SHA-256 of a body that is sent: taken once, signed for each host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyDigest([u8; 32]);

impl BodyDigest {
    /// Of these bytes.
    pub fn of(body: &[u8]) -> BodyDigest {
        BodyDigest(Sha256::digest(body).into())
    }

    /// The value of `Digest`.
    pub fn as_digest(&self) -> String {
        format!("SHA-256={}", STANDARD.encode(self.0))
    }

    /// The value of `Content-Digest`.
    pub fn as_content_digest(&self) -> String {
        format!("sha-256=:{}:", STANDARD.encode(self.0))
    }
}

/// What a body must hash to. At least one of the two is there; both must fit.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Expected {
    sha256: Option<Vec<u8>>,
    sha512: Option<Vec<u8>>,
}

impl Expected {
    /// From `Digest: SHA-256=…`. Other algorithms beside it are not looked at.
    pub(super) fn from_digest(value: &str) -> Result<Expected, Refused> {
        let mut expected = Expected::default();
        for part in value.split(',') {
            let (name, hash) = part
                .trim()
                .split_once('=')
                .ok_or(Refused::Malformed("The digest cannot be read"))?;
            match name.to_ascii_lowercase().as_str() {
                "sha-256" => set(&mut expected.sha256, decode(hash)?)?,
                "sha-512" => set(&mut expected.sha512, decode(hash)?)?,
                _ => {}
            }
        }
        expected.known()
    }

    /// From `Content-Digest: sha-256=:…:`.
    pub(super) fn from_content_digest(value: &str) -> Result<Expected, Refused> {
        let mut expected = Expected::default();
        for (name, member) in structured::dictionary(value)? {
            let Value::Bytes(hash) = member else {
                return Err(Refused::Malformed("The digest cannot be read"));
            };
            match name.as_str() {
                "sha-256" => expected.sha256 = Some(hash),
                "sha-512" => expected.sha512 = Some(hash),
                _ => {}
            }
        }
        expected.known()
    }

    /// Whether the body is the one.
    pub(super) fn fits(&self, body: &[u8]) -> bool {
        let sha256 = self
            .sha256
            .as_ref()
            .is_none_or(|hash| Sha256::digest(body)[..] == hash[..]);
        let sha512 = self
            .sha512
            .as_ref()
            .is_none_or(|hash| Sha512::digest(body)[..] == hash[..]);
        sha256 && sha512
    }

    fn known(self) -> Result<Expected, Refused> {
        if self.sha256.is_none() && self.sha512.is_none() {
            return Err(Refused::Malformed(
                "The digest is neither SHA-256 nor SHA-512",
            ));
        }
        Ok(self)
    }
}

fn set(place: &mut Option<Vec<u8>>, hash: Vec<u8>) -> Result<(), Refused> {
    match place.replace(hash) {
        None => Ok(()),
        Some(_) => Err(Refused::Malformed("There are two digests")),
    }
}

fn decode(hash: &str) -> Result<Vec<u8>, Refused> {
    STANDARD
        .decode(hash.trim())
        .map_err(|_| Refused::Malformed("The digest is not base64"))
}
