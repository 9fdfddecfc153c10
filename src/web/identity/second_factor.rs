//! `/sign-in/second`: the question between the password and the session.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use askama::Template;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::cookie;
use crate::app::App;
use crate::domain::{Error, Result};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::identity::second_factor::step::{self, Answer, Asked};
use crate::identity::sign_in::Entered;
use crate::web::error::WebError;
use crate::web::form;
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};

/// Holds the step; goes to these pages alone.
const COOKIE: &str = "porch_step";
/// Where the cookie goes.
const PATH: &str = "/sign-in";

/// Two forms: `/sign-in/second` (`code`) and `/sign-in/passkey` (`answer`, filled by script);
/// both with `return_to`.
#[derive(Template)]
#[template(path = "identity/second_factor.html")]
pub struct SecondFactorPage {
    /// The frame.
    pub page: Page,
    /// What was wrong.
    pub form: Form,
    /// Where to go afterwards: a path of ours, or empty.
    pub return_to: String,
    /// An app makes codes.
    pub app: bool,
    /// The options for the browser, in JSON; empty without a passkey.
    pub passkeys: String,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/sign-in/second",
        access: Access::Form,
        pending: Pending::AnyStanding,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    Route {
        method: "POST",
        path: "/sign-in/second",
        access: Access::Form,
        pending: Pending::AnyStanding,
        rate: Rate::SignIn,
        caching: Caching::Private,
        handler: || web::to(by_code),
    },
    Route {
        method: "POST",
        path: "/sign-in/passkey",
        access: Access::Form,
        pending: Pending::AnyStanding,
        rate: Rate::SignIn,
        caching: Caching::Private,
        handler: || web::to(by_passkey),
    },
];

/// Where a right password leads: in, or to the question.
pub fn entered(app: &App, entered: &Entered, path: &str) -> Result<HttpResponse> {
    match entered {
        Entered::Opened(opened) => cookie::signed_in(app, opened, path),
        Entered::Asked(asked) => question(app, asked, path),
    }
}

fn question(app: &App, asked: &Asked, path: &str) -> Result<HttpResponse> {
    let back = utf8_percent_encode(path, NON_ALPHANUMERIC);
    let mut response = frame::see_other(&format!("/sign-in/second?return_to={back}"));
    let cookie = Cookie::build(COOKIE, asked.token.reveal())
        .path(PATH)
        .http_only(true)
        .secure(app.config.server.secure_cookies())
        .same_site(SameSite::Lax)
        .max_age(Duration::seconds(step::OPEN_FOR.num_seconds()))
        .finish();
    response.add_cookie(&cookie)?;
    Ok(response)
}

#[derive(Deserialize)]
struct Query {
    #[serde(default)]
    return_to: String,
}

async fn show(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
    query: web::Query<Query>,
) -> Result<HttpResponse, WebError> {
    match render(&app, &req, &caller, Form::new(), &query.return_to).await {
        Err(WebError(error)) => over(error, &query.return_to),
        page => page,
    }
}

#[derive(Deserialize)]
struct CodeForm {
    #[serde(default, deserialize_with = "lenient::string")]
    code: String,
    #[serde(default, deserialize_with = "lenient::string")]
    return_to: String,
}

async fn by_code(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
    form: form::Form<CodeForm>,
) -> Result<HttpResponse, WebError> {
    let fields = form.fields;
    let answer = Answer::Code(fields.code);
    decide(&app, &req, &caller, answer, &fields.return_to).await
}

#[derive(Deserialize)]
struct PasskeyForm {
    #[serde(default, deserialize_with = "lenient::string")]
    answer: String,
    #[serde(default, deserialize_with = "lenient::string")]
    return_to: String,
}

async fn by_passkey(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
    form: form::Form<PasskeyForm>,
) -> Result<HttpResponse, WebError> {
    let fields = form.fields;
    let answer = Answer::Passkey(fields.answer);
    decide(&app, &req, &caller, answer, &fields.return_to).await
}

async fn decide(
    app: &App,
    req: &HttpRequest,
    caller: &Caller,
    answer: Answer,
    return_to: &str,
) -> Result<HttpResponse, WebError> {
    let field = match &answer {
        Answer::Code(_) => "code",
        Answer::Passkey(_) => "",
    };
    let browser = cookie::browser(req, caller);
    match step::answer(app, &token(req), answer, browser).await {
        Ok(opened) => {
            let path = frame::way_back(return_to, "/home");
            let mut response = cookie::signed_in(app, &opened, &path)?;
            let mut gone = Cookie::build(COOKIE, "").path(PATH).finish();
            gone.make_removal();
            response.add_cookie(&gone).map_err(Error::from)?;
            Ok(response)
        }
        Err(error @ (Error::Invalid(_) | Error::TooMany { .. })) => {
            let form = Form::new().error(field, error.sentence());
            let status = WebError(error).status_code();
            match render(app, req, caller, form, return_to).await {
                Ok(mut page) => {
                    *page.status_mut() = status;
                    Ok(page)
                }
                Err(WebError(error)) => over(error, return_to),
            }
        }
        Err(other) => over(other, return_to),
    }
}

/// Back to the password when the step is over.
fn over(error: Error, return_to: &str) -> Result<HttpResponse, WebError> {
    match error {
        Error::Conflict(sentence) => {
            let back = utf8_percent_encode(return_to, NON_ALPHANUMERIC);
            let path = format!("/sign-in?return_to={back}");
            Ok(frame::see_other_with(
                &path,
                &Flash::trouble(sentence.as_ref()),
            ))
        }
        other => Err(other.into()),
    }
}

fn token(req: &HttpRequest) -> String {
    req.cookie(COOKIE)
        .map(|cookie| cookie.value().chars().take(100).collect())
        .unwrap_or_default()
}

async fn render(
    app: &App,
    req: &HttpRequest,
    caller: &Caller,
    form: Form,
    return_to: &str,
) -> Result<HttpResponse, WebError> {
    let question = step::look(app, &token(req)).await?;
    let mut page = frame::page(req, Some(caller), "One more thing").await?;
    page.here = Here::SignIn;
    page.has_errors = form.has_errors();
    page.noindex = true;
    let page = SecondFactorPage {
        page,
        form,
        return_to: frame::way_back(return_to, ""),
        app: question.app,
        passkeys: question
            .passkeys
            .map(|options| options.to_string())
            .unwrap_or_default(),
    };
    frame::render(req, &page)
}
