//! `/about/servers`: which servers are limited or suspended here, for whom it is shown to.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::app::App;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::moderation::policies::Severity;
use crate::moderation::published;
use crate::web::error::WebError;
use crate::web::frame;
use crate::web::parts::layout::Page;

/// The list, by name.
#[derive(Template)]
#[template(path = "public/servers.html")]
pub struct ServersPage {
    /// The frame.
    pub page: Page,
    /// Suspended ones.
    pub suspended: Vec<ServerRow>,
    /// Limited ones.
    pub limited: Vec<ServerRow>,
}

/// One server.
#[derive(Debug, Clone)]
pub struct ServerRow {
    /// Its name, perhaps with stars in it.
    pub domain: String,
    /// Why; may be empty.
    pub comment: String,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[Route {
    method: "GET",
    path: "/about/servers",
    access: Access::Page,
    pending: Pending::AsVisitor,
    rate: Rate::Usual,
    caching: Caching::Public(60),
    handler: || web::to(show),
}];

async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    let found = published::list(&app, caller.viewer().is_some()).await?;
    let rows = |severity: Severity| {
        found
            .iter()
            .filter(|one| one.severity == severity)
            .map(|one| ServerRow {
                domain: one.domain.clone(),
                comment: one.comment.clone(),
            })
            .collect()
    };
    let shown = ServersPage {
        page: frame::page(&req, Some(&caller), "Moderated servers").await?,
        suspended: rows(Severity::Suspend),
        limited: rows(Severity::Silence),
    };
    frame::render(&req, &shown)
}
