//! `/settings/account`: address, language of mails, password.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::{ClientAddress, Error};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::identity::{email, language, password};
use crate::secrets::{Secret, password_rules};
use crate::text::catalogue::Language;
use crate::web::error::WebError;
use crate::web::form;
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};

/// Three forms: `/settings/email` (`email`, `email_password`), `/settings/language`
/// (`language`) and `/settings/password` (`current_password`, `password`).
#[derive(Template)]
#[template(path = "settings/account.html")]
pub struct AccountSettingsPage {
    /// The frame.
    pub page: Page,
    /// The address as it is; `None` without one.
    pub email: Option<String>,
    /// A new address that waits for its confirmation.
    pub unconfirmed_email: Option<String>,
    /// `email` as typed, and what was wrong.
    pub email_form: Form,
    /// What was wrong with the passwords.
    pub password_form: Form,
    /// Shortest password that is taken, in characters.
    pub password_min: i64,
    /// The languages that we can write in.
    pub languages: Vec<LanguageChoice>,
}

/// A language of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LanguageChoice {
    /// `de`.
    pub code: &'static str,
    /// In itself: `Deutsch`.
    pub name: &'static str,
    /// We write in it.
    pub chosen: bool,
}

impl LanguageChoice {
    /// All of them, the one that meets `locale` chosen.
    pub fn all(locale: &str) -> Vec<LanguageChoice> {
        let chosen = Language::of(locale);
        Language::ALL
            .into_iter()
            .map(|language| LanguageChoice {
                code: language.code(),
                name: language.name(),
                chosen: language == chosen,
            })
            .collect()
    }
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/settings/account",
        access: Access::Session,
        pending: Pending::Allowed,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    Route {
        method: "POST",
        path: "/settings/email",
        access: Access::Session,
        pending: Pending::Allowed,
        rate: Rate::SignIn,
        caching: Caching::Private,
        handler: || web::to(change_email),
    },
    Route {
        method: "POST",
        path: "/settings/language",
        access: Access::Session,
        pending: Pending::Allowed,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(change_language),
    },
    Route {
        method: "POST",
        path: "/settings/password",
        access: Access::Session,
        pending: Pending::Allowed,
        rate: Rate::SignIn,
        caching: Caching::Private,
        handler: || web::to(change_password),
    },
    Route {
        method: "GET",
        path: "/.well-known/change-password",
        access: Access::Open,
        pending: Pending::AnyStanding,
        rate: Rate::Usual,
        caching: Caching::Public(3600),
        handler: || web::to(lead_here),
    },
];

async fn show(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    render(&app, &req, &caller, Form::new(), Form::new()).await
}

#[derive(Deserialize)]
struct EmailForm {
    #[serde(default, deserialize_with = "lenient::string")]
    email: String,
    #[serde(default, deserialize_with = "lenient::string")]
    email_password: String,
}

async fn change_email(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
    form: form::Form<EmailForm>,
) -> Result<HttpResponse, WebError> {
    let fields = form.fields;
    let proof = Secret::new(fields.email_password);
    let from = ClientAddress(caller.address());
    match email::request_change(&app, caller.signed_in()?, &fields.email, &proof, from).await {
        Ok(()) => {
            let said = "A letter with a link is on its way to the new address.";
            Ok(frame::see_other_with(
                "/settings/account",
                &Flash::done(said),
            ))
        }
        Err(Error::Invalid(invalid)) => {
            let typed: String = fields.email.chars().take(300).collect();
            let form = Form::new().with("email", typed).refused(&invalid);
            Ok(frame::refused(
                render(&app, &req, &caller, form, Form::new()).await?,
            ))
        }
        Err(other) => Err(other.into()),
    }
}

#[derive(Deserialize)]
struct LanguageForm {
    #[serde(default, deserialize_with = "lenient::string")]
    language: String,
}

async fn change_language(
    app: web::Data<App>,
    caller: Caller,
    form: form::Form<LanguageForm>,
) -> Result<HttpResponse, WebError> {
    language::choose(&app, caller.signed_in()?, &form.fields.language).await?;
    let said = Flash::done("From now on we write to you in this language.");
    Ok(frame::see_other_with("/settings/account", &said))
}

#[derive(Deserialize)]
struct PasswordForm {
    #[serde(default, deserialize_with = "lenient::string")]
    current_password: String,
    #[serde(default, deserialize_with = "lenient::string")]
    password: String,
}

async fn change_password(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
    form: form::Form<PasswordForm>,
) -> Result<HttpResponse, WebError> {
    let current = Secret::new(form.fields.current_password);
    let new = Secret::new(form.fields.password);
    let from = ClientAddress(caller.address());
    match password::change(&app, caller.signed_in()?, &current, &new, from).await {
        Ok(()) => {
            let said = "Your password is changed. Other browsers and all apps are signed out.";
            Ok(frame::see_other_with(
                "/settings/account",
                &Flash::done(said),
            ))
        }
        Err(Error::Invalid(invalid)) => {
            let form = Form::new().refused(&invalid);
            Ok(frame::refused(
                render(&app, &req, &caller, Form::new(), form).await?,
            ))
        }
        Err(other) => Err(other.into()),
    }
}

/// Where password managers look.
async fn lead_here() -> HttpResponse {
    HttpResponse::Found()
        .insert_header(("location", "/settings/account"))
        .finish()
}

async fn render(
    app: &App,
    req: &HttpRequest,
    caller: &Caller,
    email_form: Form,
    password_form: Form,
) -> Result<HttpResponse, WebError> {
    let who = caller.signed_in()?;
    let mut page = frame::page(req, Some(caller), "Address and password").await?;
    page.here = Here::Settings;
    page.has_errors = email_form.has_errors() || password_form.has_errors();
    let page = AccountSettingsPage {
        page,
        email: who.user.email.clone(),
        unconfirmed_email: email::waiting(app, who).await?,
        email_form,
        password_form,
        password_min: password_rules::MIN_CHARACTERS as i64,
        languages: LanguageChoice::all(&who.user.locale),
    };
    frame::render(req, &page)
}
