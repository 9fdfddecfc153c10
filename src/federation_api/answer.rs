//! Answers to other servers, and errors as they read them.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use serde_json::json;

use crate::domain::Error;
use crate::domain::error::BUSY_FOR;
use crate::door::status;

/// What every document is served as.
const ACTIVITY: &str = "application/activity+json; charset=utf-8";
/// Documents are data: nothing in one may run or be framed.
const POLICY: &str = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";
/// What an answer depends on beside its address.
const VARY: &str = "Accept, Signature";

/// What handlers of this door give.
pub type Answer = Result<HttpResponse, DocumentError>;

/// A use case's error on its way to another server. Handlers return it by `?`.
#[derive(Debug)]
pub struct DocumentError(pub Error);

impl<E: Into<Error>> From<E> for DocumentError {
    fn from(error: E) -> DocumentError {
        DocumentError(error.into())
    }
}

impl std::fmt::Display for DocumentError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.sentence())
    }
}

impl ResponseError for DocumentError {
    fn status_code(&self) -> StatusCode {
        status::of(&self.0)
    }

    /// The same for all that is not there. Logs a broken thing with its cause.
    fn error_response(&self) -> HttpResponse {
        if let Error::Broken(cause) = &self.0 {
            tracing::error!(cause = format!("{cause:#}"), "a document broke");
        }
        let mut response = fenced(HttpResponse::build(self.status_code()));
        response.insert_header((header::CACHE_CONTROL, "private, no-store"));
        if let Error::Busy = &self.0 {
            response.insert_header((header::RETRY_AFTER, BUSY_FOR));
        }
        response.json(json!({ "error": self.0.sentence() }))
    }
}

/// A document. `private` ones are for who asked alone; the others may be kept as the row of
/// the table says.
pub fn document(body: impl Into<bytes::Bytes>, private: bool) -> HttpResponse {
    let mut response = fenced(HttpResponse::Ok());
    if private {
        response.insert_header((header::CACHE_CONTROL, "private, no-store"));
    }
    response.content_type(ACTIVITY).body(body.into())
}

/// The way to the page for people.
pub fn see_page(path: &str) -> HttpResponse {
    fenced(HttpResponse::SeeOther())
        .insert_header((header::LOCATION, path))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .finish()
}

fn fenced(mut response: HttpResponseBuilder) -> HttpResponseBuilder {
    response
        .insert_header((header::VARY, VARY))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY));
    response
}
