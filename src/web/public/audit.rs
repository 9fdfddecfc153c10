//! `/audit`: what staff did, for everybody, where the place wants it: acts and times, no names of
//! anybody.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::app::App;
use crate::domain::Error;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::moderation::audit;
use crate::web::error::WebError;
use crate::web::frame;
use crate::web::parts::layout::Page;
use crate::web::parts::moment::Moment;

/// The acts of the last 90 days.
#[derive(Template)]
#[template(path = "public/audit.html")]
pub struct PublicAuditPage {
    /// The frame.
    pub page: Page,
    /// Newest first: when, what in words.
    pub rows: Vec<(Moment, String)>,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[Route {
    method: "GET",
    path: "/audit",
    access: Access::Page,
    pending: Pending::AsVisitor,
    rate: Rate::Usual,
    caching: Caching::Private,
    handler: || web::to(show),
}];

async fn show(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    let acts = audit::public(&app).await?.ok_or(Error::NotFound)?;
    let now = app.clock.now();
    let page = frame::page(&req, Some(&caller), "What staff did").await?;
    let page = PublicAuditPage {
        page,
        rows: acts
            .into_iter()
            .map(|(at, act)| (Moment::new(at, now), audit::words(&act).to_owned()))
            .collect(),
    };
    frame::render(&req, &page)
}
