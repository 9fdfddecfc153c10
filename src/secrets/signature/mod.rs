//! HTTP signatures: draft-cavage as the network speaks it, and RFC 9421. Pure: no I/O, no clock.
//!
//! Reading is in two steps, since between them somebody has to find the key:
//!
//! ```text
//! read(request, now) ─> Claim { key_id } ─> find the key ─> claim.verify(key, body)
//!   all that costs no key: coverage, window, host       digest, then RSA
//! ```
//!
//! A claim is believed in nothing before [`Claim::verify`] said yes; then it holds for the
//! method, the address, the host, the moment (an hour either way) and the body. What may be
//! read in two ways is refused: two `Signature` headers, a parameter twice, a component twice.
//! Both dialects are RSASSA-PKCS1-v1_5 with SHA-256, what the network has keys for.

mod cavage;
mod digest;
mod key;
mod request;
mod rfc9421;
mod structured;
#[cfg(test)]
mod tests;

use chrono::{DateTime, TimeDelta, Utc};

pub use cavage::sign as sign_cavage;
pub use digest::BodyDigest;
pub use key::PublicKey;
pub use request::{Request, authority};
pub use rfc9421::sign as sign_rfc9421;

use digest::Expected;

/// How far a signature's moment may be from ours, either way.
const WINDOW: TimeDelta = TimeDelta::hours(1);
/// The longest `Signature` or `Signature-Input`, in bytes: an RSA-8192 signature in base64
/// takes 1.4 kB.
const MAX_HEADER: usize = 8 * 1024;
/// Components that one signature may cover.
const MAX_COMPONENTS: usize = 32;
/// The longest key id, in bytes.
const MAX_KEY_ID: usize = 2048;

/// What `content-type` a signed body has, everywhere.
pub const CONTENT_TYPE: &str = "application/activity+json";

/// Which of the two dialects a signature speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// draft-cavage-http-signatures: what everybody understands.
    Cavage,
    /// RFC 9421, HTTP Message Signatures.
    Rfc9421,
}

/// Why a signature is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// There is none.
    Unsigned,
    /// It cannot be read, or can be read in two ways; what.
    Malformed(&'static str),
    /// It leaves out what must be signed; what.
    Uncovered(&'static str),
    /// It was made for another moment: more than an hour away, or expired.
    Stale,
    /// It was made for another host.
    Elsewhere,
    /// It uses an algorithm that nobody here knows.
    Algorithm,
    /// The body is not what was digested.
    Digest,
    /// The key did not make it.
    Wrong,
}

impl Refused {
    /// Whether the request itself is at fault (400) rather than who sent it (401).
    pub fn is_malformed(self) -> bool {
        matches!(self, Refused::Malformed(_))
    }

    /// A sentence for the peer's log.
    pub fn sentence(self) -> &'static str {
        match self {
            Refused::Unsigned => "The request is not signed",
            Refused::Malformed(what) | Refused::Uncovered(what) => what,
            Refused::Stale => "The signature is too old, or from the future",
            Refused::Elsewhere => "The request was made for another host",
            Refused::Algorithm => "The signature's algorithm is not rsa-sha256",
            Refused::Digest => "The body is not the one that was signed",
            Refused::Wrong => "The signature does not fit the key",
        }
    }
}

/// What a request says about who signed it. Not to be believed before [`Claim::verify`].
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// Which dialect it came in.
    pub dialect: Dialect,
    /// The address of the key, as it was sent; 2,048 bytes at the most.
    pub key_id: String,
    /// What was signed; a GET may have two readings (see [`cavage`]).
    bases: Vec<String>,
    signature: Vec<u8>,
    /// What the body must hash to; present whenever the request has one.
    digest: Option<Expected>,
}

impl Claim {
    /// Whether the holder of `key` signed this request with this body (`None`: it has none).
    ///
    /// # Errors
    /// `Digest` when the body is another one, whoever signed; `Wrong` when the key is.
    pub fn verify(&self, key: &PublicKey, body: Option<&[u8]>) -> Result<(), Refused> {
        match (&self.digest, body) {
            (Some(expected), Some(body)) if expected.fits(body) => {}
            (None, None) => {}
            _ => return Err(Refused::Digest),
        }
        let fits = |base: &String| key.verify(base.as_bytes(), &self.signature);
        if self.bases.iter().any(fits) {
            Ok(())
        } else {
            Err(Refused::Wrong)
        }
    }
}

/// Reads who claims to have signed a request, and refuses all that needs no key to be
/// refused. RFC 9421 where there is a `Signature-Input`, else draft-cavage.
///
/// # Errors
/// Every kind of [`Refused`] but `Digest` and `Wrong`.
pub fn read(request: &Request<'_>, now: DateTime<Utc>) -> Result<Claim, Refused> {
    let signature = request
        .one("signature")?
        .filter(|value| !value.is_empty())
        .ok_or(Refused::Unsigned)?;
    let input = request.one("signature-input")?;
    if signature.len() > MAX_HEADER || input.is_some_and(|input| input.len() > MAX_HEADER) {
        return Err(Refused::Malformed("The signature is too long"));
    }
    request.host_is_ours()?;
    match input {
        Some(input) => rfc9421::read(request, input, signature, now),
        None => cavage::read(request, signature, now),
    }
}

/// Whether a moment is within the window.
fn is_timely(at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    (now - at).abs() <= WINDOW
}

/// Reads a moment in Unix seconds.
fn moment(seconds: i64) -> Result<DateTime<Utc>, Refused> {
    DateTime::from_timestamp(seconds, 0).ok_or(Refused::Malformed("The signature's time is none"))
}

/// As HTTP writes a moment.
fn http_date(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
