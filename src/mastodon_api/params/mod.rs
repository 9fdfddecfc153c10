//! The one extractor of this door (`door/forms` does the reading).

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use super::ApiError;
use crate::door::forms::{self, Uploads};

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
        Box::pin(async move { Ok(Params(forms::read(&req, payload).await?)) })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for ParamsWithFiles<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, payload) = (req.clone(), payload.take());
        Box::pin(async move {
            let (form, files) = forms::read_with_files(&req, payload).await?;
            Ok(ParamsWithFiles { form, files })
        })
    }
}

#[cfg(test)]
mod tests;
