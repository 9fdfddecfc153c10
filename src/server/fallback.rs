//! What is in no row of the table: 404, in the words of the door that was knocked at.

use actix_web::{HttpRequest, HttpResponse, ResponseError};

use crate::domain::Error;
use crate::mastodon_api::ApiError;
use crate::web::error::page_for;

/// JSON below `/api` and `/oauth` (quirk 17: Elk falls back from v2 to v1 only on 404), a page
/// elsewhere.
pub async fn nothing_here(req: HttpRequest) -> HttpResponse {
    let is_api = ["/api", "/oauth", "/.well-known", "/nodeinfo", "/ap"]
        .iter()
        .any(|p| req.path().starts_with(p));
    if is_api {
        ApiError(Error::NotFound).error_response()
    } else {
        page_for(&req, &Error::NotFound).await
    }
}
