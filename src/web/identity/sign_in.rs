//! `/sign-in`, `/sign-out`

use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use askama::Template;
use serde::Deserialize;

use super::{cookie, second_factor};
use crate::app::App;
use crate::domain::Error;
use crate::door::forms::{lenient, query_value};
use crate::door::language::{self, apart};
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::identity::oauth::apps;
use crate::identity::sessions;
use crate::identity::sign_in::{self, SignIn};
use crate::secrets::Secret;
use crate::text::catalogue::{Language, Words};
use crate::web::error::WebError;
use crate::web::form::{self, Nothing};
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Here, Page};

/// Fields: `login` (email address or name), `password`, hidden `return_to`, `csrf`.
/// Posts to `/sign-in`.
#[derive(Template)]
#[template(path = "identity/sign_in.html")]
pub struct SignInPage {
    /// The frame.
    pub page: Page,
    /// `login` as typed, and what was wrong.
    pub form: Form,
    /// Where to go afterwards: a path of ours, or empty.
    pub return_to: String,
    /// What is said on it.
    pub words: SignInWords,
    /// Mail can be sent: the page offers a password reset.
    pub mail_works: bool,
}

/// What the page says; in other languages than English where an app sent somebody here.
#[derive(Debug, Clone)]
pub struct SignInWords {
    /// Above everything.
    pub title: String,
    /// The app that waits for this sign-in, by name.
    pub for_app: Option<String>,
    /// The first field.
    pub login: String,
    /// The second.
    pub password: String,
    /// The button.
    pub button: String,
    /// Leads to another password.
    pub forgot: String,
    /// Leads to the form for applying.
    pub apply: String,
}

impl SignInWords {
    /// For whom an app of that name sent here, or who came by themselves.
    pub fn of(words: Words, app: Option<&str>) -> SignInWords {
        let plain = |key| words.say(key, []);
        SignInWords {
            title: plain("sign-in-title"),
            for_app: app.map(|app| words.say("sign-in-for-app", [("app", apart(app).into())])),
            login: plain("sign-in-login"),
            password: plain("sign-in-password"),
            button: plain("sign-in-button"),
            forgot: plain("sign-in-forgot"),
            apply: plain("sign-in-apply"),
        }
    }
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/sign-in",
        access: Access::Form,
        pending: Pending::AnyStanding,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    Route {
        method: "POST",
        path: "/sign-in",
        access: Access::Form,
        pending: Pending::AnyStanding,
        rate: Rate::SignIn,
        caching: Caching::Private,
        handler: || web::to(enter),
    },
    Route {
        method: "POST",
        path: "/sign-out",
        access: Access::Page,
        pending: Pending::AnyStanding,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(leave),
    },
];

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
    // Who is in already may still sign in as somebody else, when something sent them here.
    if caller.user().is_some() && query.return_to.is_empty() {
        return Ok(frame::see_other("/home"));
    }
    render(&app, &req, &caller, Form::new(), &query.return_to).await
}

#[derive(Deserialize)]
struct SignInForm {
    #[serde(default, deserialize_with = "lenient::string")]
    login: String,
    #[serde(default, deserialize_with = "lenient::string")]
    password: String,
    #[serde(default, deserialize_with = "lenient::string")]
    return_to: String,
}

async fn enter(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
    form: form::Form<SignInForm>,
) -> Result<HttpResponse, WebError> {
    let fields = form.fields;
    let cmd = SignIn {
        login: fields.login.clone(),
        password: Secret::new(fields.password),
        browser: cookie::browser(&req, &caller),
    };
    match sign_in::sign_in(&app, cmd).await {
        Ok(entered) => {
            let path = frame::way_back(&fields.return_to, "/home");
            Ok(second_factor::entered(&app, &entered, &path)?)
        }
        Err(error @ (Error::Invalid(_) | Error::Denied(_) | Error::TooMany { .. })) => {
            let form = Form::new()
                .with("login", fields.login.chars().take(300).collect::<String>())
                .error("", error.sentence());
            let status = WebError(error).status_code();
            let mut page = render(&app, &req, &caller, form, &fields.return_to).await?;
            *page.status_mut() = status;
            Ok(page)
        }
        Err(other) => Err(other.into()),
    }
}

async fn leave(
    app: web::Data<App>,
    caller: Caller,
    _: form::Form<Nothing>,
) -> Result<HttpResponse, WebError> {
    if let Some(who) = caller.user() {
        sessions::sign_out(&app, who).await?;
    }
    Ok(cookie::signed_out(&app)?)
}

async fn render(
    app: &App,
    req: &HttpRequest,
    caller: &Caller,
    form: Form,
    return_to: &str,
) -> Result<HttpResponse, WebError> {
    let return_to = frame::way_back(return_to, "");
    let for_app = match asked_in(&return_to, "client_id") {
        Some(client_id) => apps::name_of(app, &client_id).await?,
        None => None,
    };
    let words = match &for_app {
        Some(_) => language::words(req, Some(caller), asked_in(&return_to, "lang").as_deref()),
        None => Words(Language::English),
    };
    let said = SignInWords::of(words, for_app.as_deref());
    let mut page = frame::page(req, Some(caller), &said.title).await?;
    page.lang = words.0.code().to_owned();
    page.here = Here::SignIn;
    page.has_errors = form.has_errors();
    page.noindex = true;
    let page = SignInPage {
        page,
        form,
        return_to,
        words: said,
        mail_works: app.config.mail.is_configured(),
    };
    frame::render(req, &page)
}

/// A parameter of the app that sent somebody here, when consent is where they go next.
fn asked_in(return_to: &str, name: &str) -> Option<String> {
    let (path, query) = return_to.split_once('?')?;
    (path == "/oauth/authorize")
        .then(|| query_value(query, name))
        .flatten()
}
