//! A request as it came over the wire, for those who check what was signed.

use actix_web::HttpRequest;
use actix_web::http::header;

/// Names and values of all headers.
pub fn headers(req: &HttpRequest) -> Vec<(&str, &[u8])> {
    let mut headers: Vec<(&str, &[u8])> = req
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect();
    // HTTP/2 has no Host; the authority stands in for it.
    if !req.headers().contains_key(header::HOST)
        && let Some(authority) = req.uri().authority()
    {
        headers.push(("host", authority.as_str().as_bytes()));
    }
    headers
}

/// Path and query, byte for byte.
pub fn target(req: &HttpRequest) -> &str {
    req.uri()
        .path_and_query()
        .map_or_else(|| req.path(), |target| target.as_str())
}
