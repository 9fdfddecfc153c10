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

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::ApiError;
use crate::domain::{Error, Result};

pub use rack::query_value;
pub use upload::{Upload, UploadLimits, Uploads};

/// The parameters of a request as `T`. Files in a multipart body are skipped.
#[derive(Debug)]
pub struct Params<T>(pub T);

/// The parameters of a request as `T`, with the files that came along.
#[derive(Debug)]
pub struct ParamsWithFiles<T> {
    /// Everything that is no file.
    pub form: T,
    /// The files, by parameter name; gone from the disk when dropped.
    pub files: Uploads,
}

impl<T: DeserializeOwned + 'static> FromRequest for Params<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, payload) = (req.clone(), payload.take());
        Box::pin(async move {
            let (value, _) = body::read(&req, payload, None).await?;
            Ok(Params(read_form(value)?))
        })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for ParamsWithFiles<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, payload) = (req.clone(), payload.take());
        Box::pin(async move {
            let limits = UploadLimits::of(&req);
            let (value, files) = body::read(&req, payload, Some(limits)).await?;
            let form = read_form(value)?;
            Ok(ParamsWithFiles { form, files })
        })
    }
}

/// The object as the handler's struct; 400 with what does not fit.
fn read_form<T: DeserializeOwned>(value: Value) -> Result<T> {
    T::deserialize(value).map_err(|cause| {
        let shown: String = cause.to_string().chars().take(200).collect();
        Error::BadRequest(format!("A parameter cannot be read: {shown}").into())
    })
}

#[cfg(test)]
mod tests;
