//! `/invite/CODE`: somebody invites you. `/invite`: where a code is typed that was read aloud.
//!
//! An invite that does not work is no error: the page says in a sentence how one can come in
//! without it, in the same words whether it is over, used up, revoked, or never was.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::invites::bring::Invitation;
use crate::gate::{invites, mode};
use crate::web::error::WebError;
use crate::web::frame;
use crate::web::parts::layout::{Here, Page};

/// Sends `code` to `/invite` by GET; leads to `/apply?invite=CODE`.
#[derive(Template)]
#[template(path = "apply/invite.html")]
pub struct InvitePage {
    /// The frame.
    pub page: Page,
    /// Who invites; `None` where no invite works.
    pub invitation: Option<Invitation>,
    /// What was typed, or stood in the address; empty where nothing was.
    pub typed: String,
    /// Why nobody may apply without an invite; `None` while everybody may.
    pub closed: Option<&'static str>,
    /// Nobody at all may apply.
    pub shut: bool,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/invite",
        access: Access::Page,
        pending: Pending::AnyStanding,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(ask),
    },
    Route {
        method: "GET",
        path: "/invite/{code}",
        access: Access::Page,
        pending: Pending::AnyStanding,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
];

/// A code, as typed.
#[derive(Deserialize)]
struct Typed {
    #[serde(default)]
    code: String,
}

/// GET `/invite`.
async fn ask(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    typed: web::Query<Typed>,
) -> Result<HttpResponse, WebError> {
    match invites::normalise(&typed.code) {
        Some(code) => Ok(frame::see_other(&format!("/invite/{code}"))),
        None => page(&req, &app, &caller, None, &typed.code).await,
    }
}

/// GET `/invite/CODE`.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    code: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let invitation = invites::look(&app, &code).await?;
    page(&req, &app, &caller, invitation, &code).await
}

/// The page.
pub(super) async fn page(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    invitation: Option<Invitation>,
    typed: &str,
) -> Result<HttpResponse, WebError> {
    let door = mode::shown(app).await?;
    let title = match (&invitation, typed.is_empty()) {
        (Some(by), _) => format!("{} invites you", by.name),
        (None, true) => "By invitation".to_owned(),
        (None, false) => "This invite does not work".to_owned(),
    };
    let mut page = frame::page(req, Some(caller), title).await?;
    page.here = Here::Apply;
    page.noindex = true;
    let shown = InvitePage {
        page,
        invitation,
        typed: typed.chars().take(40).collect(),
        closed: door.closed_because(),
        shut: door.closed_to_the_invited().is_some(),
    };
    frame::render(req, &shown)
}
