//! `/settings/email/TOKEN`: a button. Only its POST confirms the new address, because mail
//! scanners follow links.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::app::App;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::identity::email;
use crate::web::error::WebError;
use crate::web::form::{Form, Nothing};
use crate::web::frame;
use crate::web::parts::layout::{Flash, Page};

/// Posts `csrf` to `/settings/email/TOKEN`.
#[derive(Template)]
#[template(path = "settings/email_change.html")]
pub struct EmailChangePage {
    /// The frame.
    pub page: Page,
    /// The new address.
    pub email: String,
    /// The token of the mailed link.
    pub token: String,
}

/// The routes of this file. The link alone is the proof: it may be opened in another
/// browser than the one that asked.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/settings/email/{token}",
        access: Access::Form,
        pending: Pending::AnyStanding,
        rate: Rate::SignIn,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    Route {
        method: "POST",
        path: "/settings/email/{token}",
        access: Access::Form,
        pending: Pending::AnyStanding,
        rate: Rate::SignIn,
        caching: Caching::Private,
        handler: || web::to(confirm),
    },
];

async fn show(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
    token: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let email = email::look_at_change(&app, &token).await?;
    let mut page = frame::page(&req, Some(&caller), "Confirm your new address").await?;
    page.noindex = true;
    let token = token.into_inner();
    frame::render(&req, &EmailChangePage { page, email, token })
}

async fn confirm(
    app: web::Data<App>,
    caller: Caller,
    token: web::Path<String>,
    _: Form<Nothing>,
) -> Result<HttpResponse, WebError> {
    email::confirm_change(&app, &token).await?;
    let next = match caller.user() {
        Some(_) => "/settings/account",
        None => "/sign-in",
    };
    let said = Flash::done("Your new address is confirmed.");
    Ok(frame::see_other_with(next, &said))
}
