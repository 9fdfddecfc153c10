//! `/owner/TOKEN`: the owner's first visit, by the one-time link that the start printed.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::cookie;
use crate::app::App;
use crate::domain::Error;
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::identity::setup::{self, Founding};
use crate::secrets::{Secret, password_rules};
use crate::web::error::WebError;
use crate::web::form;
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::Page;

/// Posts `place`, `username`, `email`, `password` to `/owner/TOKEN`.
#[derive(Template)]
#[template(path = "identity/owner_setup.html")]
pub struct OwnerSetupPage {
    /// The frame.
    pub page: Page,
    /// What was typed, and what is wrong with it.
    pub form: Form,
    /// The token of the link.
    pub token: String,
    /// Shortest password that is taken, in characters.
    pub password_min: i64,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/owner/{token}",
        access: Access::Form,
        pending: Pending::AnyStanding,
        rate: Rate::SignIn,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    Route {
        method: "POST",
        path: "/owner/{token}",
        access: Access::Form,
        pending: Pending::AnyStanding,
        rate: Rate::SignIn,
        caching: Caching::Private,
        handler: || web::to(found),
    },
];

async fn show(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
    token: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    setup::look(&app, &token).await?;
    render(&req, &caller, Form::new(), token.into_inner()).await
}

#[derive(Deserialize)]
struct FoundingForm {
    #[serde(default, deserialize_with = "lenient::string")]
    place: String,
    #[serde(default, deserialize_with = "lenient::string")]
    username: String,
    #[serde(default, deserialize_with = "lenient::string")]
    email: String,
    #[serde(default, deserialize_with = "lenient::string")]
    password: String,
}

async fn found(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
    token: web::Path<String>,
    form: form::Form<FoundingForm>,
) -> Result<HttpResponse, WebError> {
    let fields = form.fields;
    let kept = Form::new()
        .with("place", fields.place.as_str())
        .with("username", fields.username.as_str())
        .with("email", fields.email.as_str());
    let cmd = Founding {
        place: fields.place,
        username: fields.username,
        email: fields.email,
        password: Secret::new(fields.password),
        browser: cookie::browser(&req, &caller),
    };
    match setup::found(&app, &token, cmd).await {
        Ok(opened) => Ok(cookie::signed_in(&app, &opened, "/home")?),
        Err(Error::Invalid(invalid)) => {
            let form = kept.refused(&invalid);
            Ok(frame::refused(
                render(&req, &caller, form, token.into_inner()).await?,
            ))
        }
        Err(other) => Err(other.into()),
    }
}

async fn render(
    req: &HttpRequest,
    caller: &Caller,
    form: Form,
    token: String,
) -> Result<HttpResponse, WebError> {
    let mut page = frame::page(req, Some(caller), "The house stands").await?;
    // Whoever is about to be the owner need not apply.
    page.place.takes_applications = false;
    page.has_errors = form.has_errors();
    page.noindex = true;
    let page = OwnerSetupPage {
        page,
        form,
        token,
        password_min: password_rules::MIN_CHARACTERS as i64,
    };
    frame::render(req, &page)
}
