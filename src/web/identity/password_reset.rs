//! `/password` and `/password/TOKEN`: a forgotten password.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{cookie, second_factor};
use crate::app::App;
use crate::domain::{ClientAddress, Error};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::identity::password;
use crate::secrets::{Secret, password_rules};
use crate::web::error::WebError;
use crate::web::form;
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::Page;

/// Asks for the address. Posts `email` to `/password`; the answer is the same whether or not
/// the address is known.
#[derive(Template)]
#[template(path = "identity/password_reset.html")]
pub struct PasswordResetPage {
    /// The frame.
    pub page: Page,
    /// `email` as typed.
    pub form: Form,
    /// It was sent: shows the sentence instead of the form.
    pub sent: bool,
}

/// Sets the new one. Posts `password` to `/password/TOKEN`.
#[derive(Template)]
#[template(path = "identity/password_reset_set.html")]
pub struct PasswordSetPage {
    /// The frame.
    pub page: Page,
    /// What was wrong.
    pub form: Form,
    /// The token of the mailed link.
    pub token: String,
    /// Shortest password that is taken, in characters.
    pub password_min: i64,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/password",
        access: Access::Form,
        pending: Pending::AnyStanding,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    Route {
        method: "POST",
        path: "/password",
        access: Access::Form,
        pending: Pending::AnyStanding,
        rate: Rate::SignIn,
        caching: Caching::Private,
        handler: || web::to(request),
    },
    Route {
        method: "GET",
        path: "/password/{token}",
        access: Access::Form,
        pending: Pending::AnyStanding,
        rate: Rate::SignIn,
        caching: Caching::Private,
        handler: || web::to(show_new),
    },
    Route {
        method: "POST",
        path: "/password/{token}",
        access: Access::Form,
        pending: Pending::AnyStanding,
        rate: Rate::SignIn,
        caching: Caching::Private,
        handler: || web::to(set_new),
    },
];

async fn show(req: HttpRequest, caller: Caller) -> Result<HttpResponse, WebError> {
    render_request(&req, &caller, Form::new(), false).await
}

#[derive(Deserialize)]
struct RequestForm {
    #[serde(default, deserialize_with = "lenient::string")]
    email: String,
}

async fn request(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
    form: form::Form<RequestForm>,
) -> Result<HttpResponse, WebError> {
    let email = form.fields.email;
    match password::request_reset(&app, &email, ClientAddress(caller.address())).await {
        Ok(()) => render_request(&req, &caller, Form::new(), true).await,
        Err(Error::Invalid(invalid)) => {
            let shown: String = email.chars().take(300).collect();
            let form = Form::new().with("email", shown).refused(&invalid);
            Ok(frame::refused(
                render_request(&req, &caller, form, false).await?,
            ))
        }
        Err(other) => Err(other.into()),
    }
}

async fn render_request(
    req: &HttpRequest,
    caller: &Caller,
    form: Form,
    sent: bool,
) -> Result<HttpResponse, WebError> {
    let mut page = frame::page(req, Some(caller), "Forgot your password?").await?;
    page.has_errors = form.has_errors();
    page.noindex = true;
    frame::render(req, &PasswordResetPage { page, form, sent })
}

async fn show_new(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
    token: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    password::look_at_reset(&app, &token).await?;
    render_new(&req, &caller, Form::new(), token.into_inner()).await
}

#[derive(Deserialize)]
struct NewForm {
    #[serde(default, deserialize_with = "lenient::string")]
    password: String,
}

async fn set_new(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
    token: web::Path<String>,
    form: form::Form<NewForm>,
) -> Result<HttpResponse, WebError> {
    let secret = Secret::new(form.fields.password);
    let browser = cookie::browser(&req, &caller);
    match password::reset(&app, &token, &secret, browser).await {
        Ok(entered) => Ok(second_factor::entered(&app, &entered, "/home")?),
        Err(Error::Invalid(invalid)) => {
            let form = Form::new().refused(&invalid);
            Ok(frame::refused(
                render_new(&req, &caller, form, token.into_inner()).await?,
            ))
        }
        Err(other) => Err(other.into()),
    }
}

async fn render_new(
    req: &HttpRequest,
    caller: &Caller,
    form: Form,
    token: String,
) -> Result<HttpResponse, WebError> {
    let mut page = frame::page(req, Some(caller), "A new password").await?;
    page.has_errors = form.has_errors();
    page.noindex = true;
    let page = PasswordSetPage {
        page,
        form,
        token,
        password_min: password_rules::MIN_CHARACTERS as i64,
    };
    frame::render(req, &page)
}
