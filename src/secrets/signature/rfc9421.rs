//! RFC 9421, the profile that the network speaks: `rsa-v1_5-sha256`, `created` and `keyid`
//! required, covering the method, the whole address and, where there is a body, its digest.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use url::Url;

use super::digest::{BodyDigest, Expected};
use super::request::{Request, authority};
use super::structured::{self, Bare, InnerList, Value};
use super::{CONTENT_TYPE, Claim, Dialect, MAX_KEY_ID, Refused, is_timely, moment};
use crate::domain::Result;
use crate::secrets::actor_key::SigningKey;

/// The label of our own signatures.
const LABEL: &str = "sig1";
/// The one algorithm.
const ALGORITHM: &str = "rsa-v1_5-sha256";

/// The shortest signature of an RSA key that is accepted, in bytes.
const MIN_SIGNATURE: usize = 256;

/// The headers that sign a request to `url` at the moment `at`; with a body, its digest, and
/// the content type is [`CONTENT_TYPE`]. They are to be sent as they are, `host` among them.
///
/// # Errors
/// When the key cannot sign; it is broken then.
pub fn sign(
    key: &SigningKey,
    key_id: &str,
    method: &str,
    url: &Url,
    at: DateTime<Utc>,
    body: Option<&BodyDigest>,
) -> Result<Vec<(&'static str, String)>> {
    let mut headers = vec![("host", authority(url))];
    let mut names = String::from("\"@method\" \"@target-uri\"");
    let address = &url[..url::Position::AfterQuery];
    let mut base = format!(
        "\"@method\": {}\n\"@target-uri\": {address}\n",
        method.to_ascii_uppercase()
    );
    if let Some(body) = body {
        let digest = body.as_content_digest();
        names.push_str(" \"content-digest\" \"content-type\"");
        base.push_str(&format!(
            "\"content-digest\": {digest}\n\"content-type\": {CONTENT_TYPE}\n"
        ));
        headers.push(("content-digest", digest));
        headers.push(("content-type", CONTENT_TYPE.to_owned()));
    }
    let input = format!(
        "({names});created={};keyid=\"{key_id}\";alg=\"{ALGORITHM}\"",
        at.timestamp()
    );
    base.push_str(&format!("\"@signature-params\": {input}"));
    let signature = STANDARD.encode(key.sign(base.as_bytes())?);
    headers.push(("signature-input", format!("{LABEL}={input}")));
    headers.push(("signature", format!("{LABEL}=:{signature}:")));
    Ok(headers)
}

/// Reads a claim out of `Signature-Input` and `Signature`. Of several signatures (a proxy may
/// add its own) the first counts that covers what it must.
pub(super) fn read(
    request: &Request<'_>,
    input: &str,
    signature: &str,
    now: DateTime<Utc>,
) -> Result<Claim, Refused> {
    let signatures = structured::dictionary(signature)?;
    let mut trouble = None;
    for (label, member) in structured::dictionary(input)? {
        let bytes = signatures.iter().find(|(known, _)| *known == label);
        let read = match (member, bytes) {
            (Value::List(list), Some((_, Value::Bytes(bytes)))) => {
                one(request, &list, bytes.clone(), now)
            }
            _ => Err(Refused::Malformed("A signature lacks its half")),
        };
        match read {
            Ok(claim) => return Ok(claim),
            Err(refused) => trouble = Some(refused),
        }
    }
    Err(trouble.unwrap_or(Refused::Unsigned))
}

fn one(
    request: &Request<'_>,
    list: &InnerList,
    signature: Vec<u8>,
    now: DateTime<Utc>,
) -> Result<Claim, Refused> {
    match list.parameter("alg") {
        // Then the key decides; what is shorter than any RSA key was made by another kind.
        None if signature.len() >= MIN_SIGNATURE => {}
        Some(Bare::Text(name)) if name == ALGORITHM => {}
        _ => return Err(Refused::Algorithm),
    }
    let Some(Bare::Text(key_id)) = list.parameter("keyid") else {
        return Err(Refused::Malformed("There is no keyid"));
    };
    if key_id.is_empty() || key_id.len() > MAX_KEY_ID {
        return Err(Refused::Malformed("There is no keyid"));
    }
    must_be_timely(list, now)?;
    must_cover(list, request.has_body)?;
    let digest = match request.one("content-digest")? {
        Some(value) if request.has_body => Some(Expected::from_content_digest(value)?),
        None if request.has_body => return Err(Refused::Uncovered("There is no Content-Digest")),
        _ => None,
    };
    Ok(Claim {
        dialect: Dialect::Rfc9421,
        key_id: key_id.clone(),
        bases: vec![base(request, list)?],
        signature,
        digest,
    })
}

fn must_be_timely(list: &InnerList, now: DateTime<Utc>) -> Result<(), Refused> {
    let Some(Bare::Integer(created)) = list.parameter("created") else {
        return Err(Refused::Uncovered("created must be signed"));
    };
    if !is_timely(moment(*created)?, now) {
        return Err(Refused::Stale);
    }
    match list.parameter("expires") {
        None => Ok(()),
        Some(Bare::Integer(expires)) if moment(*expires)? >= now => Ok(()),
        Some(Bare::Integer(_)) => Err(Refused::Stale),
        Some(_) => Err(Refused::Malformed("The signature's time is none")),
    }
}

fn must_cover(list: &InnerList, has_body: bool) -> Result<(), Refused> {
    for (index, name) in list.items.iter().enumerate() {
        if list.items[..index].contains(name) {
            return Err(Refused::Malformed("A component is signed twice"));
        }
    }
    let covers = |name: &str| list.items.iter().any(|known| known == name);
    if !covers("@method") {
        return Err(Refused::Uncovered("@method must be signed"));
    }
    let path = covers("@path") || covers("@request-target");
    let host = covers("@authority") || covers("host");
    let target = covers("@target-uri") || (path && host);
    if !target {
        return Err(Refused::Uncovered("@target-uri must be signed"));
    }
    if has_body && !covers("content-digest") {
        return Err(Refused::Uncovered("content-digest must be signed"));
    }
    Ok(())
}

/// The signature base of section 2.5.
pub(super) fn base(request: &Request<'_>, list: &InnerList) -> Result<String, Refused> {
    let mut base = String::new();
    for name in &list.items {
        let value = match name.as_str() {
            "@method" => request.method.to_owned(),
            "@target-uri" => format!("{}{}", request.origin, request.target),
            "@authority" => request.authority().to_ascii_lowercase(),
            "@scheme" => request.scheme().to_owned(),
            "@request-target" => request.target.to_owned(),
            "@path" => request.path().to_owned(),
            "@query" => request.query().to_owned(),
            other if other.starts_with('@') => {
                return Err(Refused::Malformed("A component is not known"));
            }
            header => {
                if header.bytes().any(|byte| byte.is_ascii_uppercase()) {
                    return Err(Refused::Malformed("A component is not in lower case"));
                }
                request
                    .all(header)?
                    .ok_or(Refused::Malformed("A signed header is missing"))?
            }
        };
        base.push_str(&format!("\"{name}\": {value}\n"));
    }
    base.push_str(&format!("\"@signature-params\": {}", list.raw));
    Ok(base)
}
