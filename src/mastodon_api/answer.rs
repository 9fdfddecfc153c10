//! Answers whose JSON was spliced already (`render/writer`), and what handlers share.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

use super::paging::{Links, Previous};
use super::render::{Urls, writer};
use super::{ApiError, BaseUrl};
use crate::domain::{Error, Id, Page, ids};
use crate::social::accounts::lists::Accounts;
use crate::social::page::{AccountItem, Item};

/// What every handler gives.
pub type Answer = Result<HttpResponse, ApiError>;

/// 200 with bytes that are JSON.
pub fn json(bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/json; charset=utf-8"))
        .body(bytes)
}

/// The same with a `Link` header.
pub fn json_page(req: &HttpRequest, links: &Links, bytes: Vec<u8>) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_TYPE, "application/json; charset=utf-8"));
    if let Some(value) = links.header(&BaseUrl::of(req), req.path(), req.query_string()) {
        response.insert_header((header::LINK, value));
    }
    response.body(bytes)
}

/// An empty list: of somebody who waits, and so has nobody yet.
pub fn nobody() -> HttpResponse {
    json(b"[]".to_vec())
}

/// A page of accounts whose cursor is the row between the two (quirks 37 and 38).
pub fn listed(req: &HttpRequest, found: &Accounts, page: &Page) -> HttpResponse {
    let links = Links::list(&found.cursors, page, Previous::SinceId);
    json_page(req, &links, accounts(&found.items))
}

/// A status for somebody signed in.
pub fn status(item: &Item) -> HttpResponse {
    json(writer::one_status(item, true))
}

/// One account.
pub fn account(item: &AccountItem) -> HttpResponse {
    let mut out = Vec::with_capacity(1_500);
    writer::account(&mut out, &item.fragment, &item.counters);
    json(out)
}

/// A JSON array of accounts.
pub fn accounts(items: &[AccountItem]) -> Vec<u8> {
    writer::accounts(items.iter().map(|a| (a.fragment.as_ref(), &a.counters)))
}

/// The id in a path; what cannot be one is not found.
pub fn id(text: &str) -> Result<Id, Error> {
    ids::parse(text).ok_or(Error::NotFound)
}

/// The absolute URLs of the place that a request was sent to.
pub fn urls(base: &BaseUrl) -> Urls<'_> {
    base.urls()
}
