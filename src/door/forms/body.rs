//! Reads query and body of a request into one JSON object.

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header;
use bytes::BytesMut;
use futures::StreamExt;
use serde_json::{Map, Value};

use super::rack::{self, Nest};
use super::upload::{self, UploadLimits, Uploads};
use crate::domain::{Error, Result};

/// Bytes of a JSON body. Two of the longest texts.
const MAX_JSON: usize = 2 * rack::MAX_TEXT;
/// Bytes of an urlencoded body. One long text with each byte escaped, and room.
const MAX_URLENCODED: usize = 4 * rack::MAX_TEXT;

/// What the body is, by its `Content-Type`.
enum Encoding {
    Json,
    Urlencoded,
    Multipart,
    /// None of ours: fine as long as there is nothing in it.
    Other,
}

/// Query and body as one object; files go to disk when `limits` are given and are skipped
/// otherwise.
///
/// # Errors
/// 400 for what cannot be read, 413 for a body above its limit, 422 above the limits on
/// parameters.
pub(super) async fn read(
    req: &HttpRequest,
    payload: Payload,
    limits: Option<UploadLimits>,
) -> Result<(Value, Uploads)> {
    let mut nest = Nest::default();
    nest.read_urlencoded(req.query_string().as_bytes())?;
    let mut map = nest.into_map();
    let mut files = Uploads::default();

    let from_body = match encoding(req) {
        Encoding::Json => parse_json(&collect(req, payload, MAX_JSON).await?)?,
        Encoding::Urlencoded => {
            let bytes = collect(req, payload, MAX_URLENCODED).await?;
            let mut nest = Nest::default();
            nest.read_urlencoded(&bytes)?;
            nest.into_map()
        }
        Encoding::Multipart => {
            let (fields, read) = upload::read(req, payload, limits).await?;
            files = read;
            fields
        }
        Encoding::Other => {
            if !collect(req, payload, MAX_JSON).await?.is_empty() {
                return Err(Error::BadRequest(
                    "The body must be JSON, a form or multipart, named by its Content-Type.".into(),
                ));
            }
            Map::new()
        }
    };
    for (name, value) in from_body {
        map.insert(name, value);
    }
    Ok((Value::Object(map), files))
}

fn encoding(req: &HttpRequest) -> Encoding {
    let Some(value) = req.headers().get(header::CONTENT_TYPE) else {
        // As browsers' oldest default: a body that names no type is a form.
        return Encoding::Urlencoded;
    };
    let kind = value
        .to_str()
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    match kind.as_str() {
        "" | "application/x-www-form-urlencoded" => Encoding::Urlencoded,
        "multipart/form-data" => Encoding::Multipart,
        "application/json" => Encoding::Json,
        other if other.ends_with("+json") => Encoding::Json,
        _ => Encoding::Other,
    }
}

/// The whole body, up to `limit` bytes; a larger one is refused by its announced length
/// before any of it is read.
async fn collect(req: &HttpRequest, mut payload: Payload, limit: usize) -> Result<BytesMut> {
    check_announced(req, limit as u64)?;
    let mut bytes = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(broken_off)?;
        if bytes.len() + chunk.len() > limit {
            return Err(too_large(limit as u64));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Refuses a body by its `Content-Length`.
pub(super) fn check_announced(req: &HttpRequest, limit: u64) -> Result<()> {
    let announced = req
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.parse::<u64>().ok());
    match announced {
        Some(length) if length > limit => Err(too_large(limit)),
        _ => Ok(()),
    }
}

fn parse_json(bytes: &[u8]) -> Result<Map<String, Value>> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    let value: Value = serde_json::from_slice(bytes).map_err(|cause| {
        Error::BadRequest(
            format!(
                "The body is not valid JSON (line {}, column {}).",
                cause.line(),
                cause.column()
            )
            .into(),
        )
    })?;
    rack::check_json(&value)?;
    match value {
        Value::Object(map) => Ok(map),
        Value::Null => Ok(Map::new()),
        _ => Err(Error::BadRequest("The JSON body must be an object.".into())),
    }
}

/// A body that ended before its time, or was badly chunked or packed.
pub(super) fn broken_off(cause: PayloadError) -> Error {
    match cause {
        PayloadError::Overflow => too_large(MAX_JSON as u64),
        _ => Error::BadRequest("The body broke off.".into()),
    }
}

/// 413, with the limit in words.
pub(super) fn too_large(limit: u64) -> Error {
    let shown = if limit >= 1024 * 1024 {
        format!("{} MiB", limit / (1024 * 1024))
    } else {
        format!("{} KiB", limit / 1024)
    };
    Error::TooLarge(format!("The body is larger than {shown}.").into())
}
