//! `/settings/apps`: apps that may act for you.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::app::App;
use crate::domain::scopes::Scopes;
use crate::domain::{Error, ids};
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::identity::sessions;
use crate::web::error::WebError;
use crate::web::form::{Form, Nothing};
use crate::web::frame;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::moment::Moment;

/// Forms: `/settings/apps/ID/revoke`.
#[derive(Template)]
#[template(path = "settings/apps.html")]
pub struct AppsPage {
    /// The frame.
    pub page: Page,
    /// The apps, last used first.
    pub apps: Vec<AppRow>,
}

/// One app with a living token.
#[derive(Debug, Clone)]
pub struct AppRow {
    /// The app's id, as text.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its website; `None` without, or where it is no http(s) address.
    pub website: Option<String>,
    /// Its scopes, separated by spaces.
    pub scopes: String,
    /// When it was allowed.
    pub created_at: Moment,
    /// When it was last used.
    pub used_at: Option<Moment>,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/settings/apps",
        access: Access::Session,
        pending: Pending::Allowed,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    Route {
        method: "POST",
        path: "/settings/apps/{id}/revoke",
        access: Access::Session,
        pending: Pending::Allowed,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(revoke),
    },
];

async fn show(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    let now = app.clock.now();
    let rows = sessions::apps(&app, caller.signed_in()?)
        .await?
        .into_iter()
        .map(|found| AppRow {
            id: found.id.to_string(),
            name: found.name,
            website: found.website,
            // Of several tokens together: each word once.
            scopes: Scopes::parse(&found.scopes).map_or(found.scopes, |scopes| scopes.to_string()),
            created_at: Moment::new(found.since, now),
            used_at: found.last_used_at.map(|at| Moment::new(at, now)),
        })
        .collect();
    let mut page = frame::page(&req, Some(&caller), "Apps").await?;
    page.here = Here::Settings;
    frame::render(&req, &AppsPage { page, apps: rows })
}

async fn revoke(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<String>,
    _: Form<Nothing>,
) -> Result<HttpResponse, WebError> {
    let id = ids::parse(&id).ok_or(Error::NotFound)?;
    sessions::revoke_app(&app, caller.signed_in()?, id).await?;
    let said = Flash::done("That app is disconnected.");
    Ok(frame::see_other_with("/settings/apps", &said))
}
