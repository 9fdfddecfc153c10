//! The one extractor: query string and body, in whatever encoding an app picked, become one
//! JSON object and then the handler's form struct.
//!
//! ```text
//! query string ─┐
//! JSON body     ├─> one serde_json object ─> T      (the body wins over the query, name by name)
//! urlencoded    ├─   (Rack's rules)
//! multipart ────┘─> files, streamed to disk         (ParamsWithFiles alone)
//! ```
//!
//! Any verb may carry a body, GET and DELETE too. Unknown parameters are ignored. Fields of
//! the form use the readers of [`lenient`].

mod body;
pub mod lenient;
mod rack;
mod upload;

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::domain::{Error, Result};

pub use rack::{Nest, query_value};
pub use upload::{Upload, UploadLimits, Uploads};

/// The parameters of a request as `T`; files in a multipart body are skipped.
pub async fn read<T: DeserializeOwned>(req: &HttpRequest, payload: Payload) -> Result<T> {
    let (value, _) = body::read(req, payload, None).await?;
    read_form(value)
}

/// The parameters of a request as `T`, with the files that came along.
pub async fn read_with_files<T: DeserializeOwned>(
    req: &HttpRequest,
    payload: Payload,
) -> Result<(T, Uploads)> {
    let (value, files) = body::read(req, payload, Some(UploadLimits::of(req))).await?;
    Ok((read_form(value)?, files))
}

/// The object as the handler's struct; 400 with what does not fit.
fn read_form<T: DeserializeOwned>(value: Value) -> Result<T> {
    T::deserialize(value).map_err(|cause| {
        let shown: String = cause.to_string().chars().take(200).collect();
        Error::BadRequest(format!("A parameter cannot be read: {shown}").into())
    })
}
