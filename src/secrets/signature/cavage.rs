//! draft-cavage-http-signatures-12, with what it leaves open closed: `(request-target)`,
//! `host`, `date` or `(created)`, and `digest` where there is a body, must all be covered.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use url::Url;

use super::digest::{BodyDigest, Expected};
use super::request::{Request, authority};
use super::{
    CONTENT_TYPE, Claim, Dialect, MAX_COMPONENTS, MAX_KEY_ID, Refused, http_date, is_timely, moment,
};
use crate::domain::Result;
use crate::secrets::actor_key::SigningKey;

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
    let mut headers = vec![("host", authority(url)), ("date", http_date(at))];
    if let Some(body) = body {
        headers.push(("digest", body.as_digest()));
        headers.push(("content-type", CONTENT_TYPE.to_owned()));
    }
    let mut names = String::from("(request-target)");
    let mut base = format!(
        "(request-target): {} {}",
        method.to_ascii_lowercase(),
        &url[url::Position::BeforePath..url::Position::AfterQuery]
    );
    for (name, value) in &headers {
        names.push_str(&format!(" {name}"));
        base.push_str(&format!("\n{name}: {value}"));
    }
    let signature = STANDARD.encode(key.sign(base.as_bytes())?);
    headers.push((
        "signature",
        format!(
            "keyId=\"{key_id}\",algorithm=\"rsa-sha256\",headers=\"{names}\",signature=\"{signature}\""
        ),
    ));
    Ok(headers)
}

/// Reads a claim out of the value of `Signature`.
pub(super) fn read(
    request: &Request<'_>,
    signature: &str,
    now: DateTime<Utc>,
) -> Result<Claim, Refused> {
    let parameters = Parameters::read(signature)?;
    if !matches!(
        parameters.algorithm.as_deref(),
        None | Some("rsa-sha256" | "hs2019")
    ) {
        return Err(Refused::Algorithm);
    }
    let headers = parameters.headers.as_deref().unwrap_or("(created)");
    let names: Vec<String> = headers.split(' ').map(str::to_ascii_lowercase).collect();
    must_cover(&names, request.has_body)?;
    let digest = match request.one("digest")? {
        Some(value) if request.has_body => Some(Expected::from_digest(value)?),
        None if request.has_body => return Err(Refused::Uncovered("There is no Digest")),
        _ => None,
    };
    must_be_timely(request, &parameters, &names, now)?;

    let mut bases = vec![base(request, request.target, &parameters, &names)?];
    // Some sign a GET without its query; nothing but the page of a collection hangs on it.
    if !request.has_body && request.path() != request.target {
        bases.push(base(request, request.path(), &parameters, &names)?);
    }
    let signature = STANDARD
        .decode(parameters.signature)
        .map_err(|_| Refused::Malformed("The signature is not base64"))?;
    Ok(Claim {
        dialect: Dialect::Cavage,
        key_id: parameters.key_id,
        bases,
        signature,
        digest,
    })
}

fn must_cover(names: &[String], has_body: bool) -> Result<(), Refused> {
    if names.len() > MAX_COMPONENTS {
        return Err(Refused::Malformed("The signature covers too much"));
    }
    for (index, name) in names.iter().enumerate() {
        if name.is_empty() || names[..index].contains(name) {
            return Err(Refused::Malformed(
                "The list of signed headers cannot be read",
            ));
        }
    }
    let covers = |name: &str| names.iter().any(|known| known == name);
    if !covers("(request-target)") {
        return Err(Refused::Uncovered("(request-target) must be signed"));
    }
    if !covers("host") {
        return Err(Refused::Uncovered("host must be signed"));
    }
    if !covers("date") && !covers("(created)") {
        return Err(Refused::Uncovered("date or (created) must be signed"));
    }
    if has_body && !covers("digest") {
        return Err(Refused::Uncovered("digest must be signed"));
    }
    Ok(())
}

/// Every moment that is named must be right, covered or not; one at least is covered.
fn must_be_timely(
    request: &Request<'_>,
    parameters: &Parameters,
    names: &[String],
    now: DateTime<Utc>,
) -> Result<(), Refused> {
    if names.iter().any(|name| name == "date") {
        let date = request
            .one("date")?
            .and_then(|date| DateTime::parse_from_rfc2822(date).ok())
            .ok_or(Refused::Malformed("The date cannot be read"))?;
        if !is_timely(date.to_utc(), now) {
            return Err(Refused::Stale);
        }
    }
    if let Some(created) = parameters.created
        && !is_timely(moment(created)?, now)
    {
        return Err(Refused::Stale);
    }
    if let Some(expires) = parameters.expires
        && moment(expires)? < now
    {
        return Err(Refused::Stale);
    }
    Ok(())
}

fn base(
    request: &Request<'_>,
    target: &str,
    parameters: &Parameters,
    names: &[String],
) -> Result<String, Refused> {
    let mut base = String::new();
    for name in names {
        let value = match name.as_str() {
            "(request-target)" => format!("{} {target}", request.method.to_ascii_lowercase()),
            "(created)" => parameters
                .created
                .ok_or(Refused::Malformed("(created) is signed, but missing"))?
                .to_string(),
            "(expires)" => parameters
                .expires
                .ok_or(Refused::Malformed("(expires) is signed, but missing"))?
                .to_string(),
            header => request
                .all(header)?
                .ok_or(Refused::Malformed("A signed header is missing"))?,
        };
        if !base.is_empty() {
            base.push('\n');
        }
        base.push_str(name);
        base.push_str(": ");
        base.push_str(&value);
    }
    Ok(base)
}

/// What stands in the header.
struct Parameters {
    key_id: String,
    algorithm: Option<String>,
    headers: Option<String>,
    signature: String,
    created: Option<i64>,
    expires: Option<i64>,
}

impl Parameters {
    fn read(header: &str) -> Result<Parameters, Refused> {
        let mut read = pairs(header)?;
        let mut take = |name: &str| {
            let at = read.iter().position(|(known, _)| *known == name)?;
            Some(read.swap_remove(at).1.to_owned())
        };
        let key_id = take("keyId")
            .filter(|id| !id.is_empty() && id.len() <= MAX_KEY_ID)
            .ok_or(Refused::Malformed("There is no keyId"))?;
        let signature = take("signature").ok_or(Refused::Malformed("There is no signature"))?;
        let mut seconds = |name: &str| {
            take(name)
                .map(|text| {
                    text.parse::<i64>()
                        .map_err(|_| Refused::Malformed("The signature's time is none"))
                })
                .transpose()
        };
        Ok(Parameters {
            key_id,
            signature,
            created: seconds("created")?,
            expires: seconds("expires")?,
            algorithm: take("algorithm"),
            headers: take("headers"),
        })
    }
}

/// `name="value",name=1`: names are unique.
fn pairs(header: &str) -> Result<Vec<(&str, &str)>, Refused> {
    const WRONG: Refused = Refused::Malformed("The signature's parameters cannot be read");
    let mut found: Vec<(&str, &str)> = Vec::new();
    let mut rest = header.trim();
    loop {
        let (name, after) = rest.split_once('=').ok_or(WRONG)?;
        let name = name.trim();
        if name.is_empty() || found.iter().any(|(known, _)| *known == name) {
            return Err(WRONG);
        }
        let (value, after) = match after.trim_start().strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').ok_or(WRONG)?,
            None => {
                let end = after.find(',').unwrap_or(after.len());
                (after[..end].trim(), &after[end..])
            }
        };
        found.push((name, value));
        rest = after.trim_start();
        if rest.is_empty() {
            return Ok(found);
        }
        rest = rest.strip_prefix(',').ok_or(WRONG)?.trim_start();
    }
}
