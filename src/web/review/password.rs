//! `/desk/people/NAME/password`: a link for a new password, where there is no mail to send one.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::app::App;
use crate::domain::Result;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::identity::password;
use crate::web::error::WebError;
use crate::web::form::{Form, Nothing};
use crate::web::frame;
use crate::web::parts::layout::{Here, Page};

/// Posts `csrf` to itself; the answer shows the link, and no other page ever does.
#[derive(Template)]
#[template(path = "review/password.html")]
pub struct PasswordPage {
    /// The frame.
    pub page: Page,
    /// Whose password.
    pub name: String,
    /// The whole link, once it was made.
    pub link: Option<String>,
}

const GET: Route = Route {
    method: "GET",
    path: "/desk/people/{name}/password",
    access: Access::Moderation,
    pending: Pending::Refused,
    rate: Rate::Usual,
    caching: Caching::Private,
    handler: || web::to(show),
};

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    GET,
    Route {
        method: "POST",
        rate: Rate::Write,
        handler: || web::to(make),
        ..GET
    },
];

/// GET: asks once more. Nothing is made by looking.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    name: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let user = password::in_need(&app, &caller.moderator()?, &name).await?;
    page(&req, &caller, user.username, None).await
}

/// POST: makes the link. One that was made before works no more.
async fn make(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    name: web::Path<String>,
    _sent: Form<Nothing>,
) -> Result<HttpResponse, WebError> {
    let moderator = caller.moderator()?;
    let user = password::in_need(&app, &moderator, &name).await?;
    let link = password::link_by(&app, &moderator, user.id).await?;
    page(&req, &caller, user.username, Some(link)).await
}

async fn page(
    req: &HttpRequest,
    caller: &Caller,
    name: String,
    link: Option<String>,
) -> Result<HttpResponse, WebError> {
    let title = format!("A new password for @{name}");
    let mut page = frame::page(req, Some(caller), title).await?;
    page.here = Here::Desk;
    page.noindex = true;
    frame::render(req, &PasswordPage { page, name, link })
}
