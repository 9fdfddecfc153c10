//! Setting an app, or adding a passkey.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::change::codes_or_back;
use crate::app::App;
use crate::domain::{ClientAddress, Error};
use crate::door::Caller;
use crate::door::forms::lenient;
use crate::identity::second_factor::{self, app as codes_app, passkeys};
use crate::secrets::Secret;
use crate::web::error::WebError;
use crate::web::form;
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Here, Page};
use crate::web::render::qr;

/// Posts `sealed`, `code`, `password` to `/settings/second-factor/app`.
#[derive(Template)]
#[template(path = "settings/second_factor_app.html")]
pub struct AppPage {
    /// The frame.
    pub page: Page,
    /// What was wrong.
    pub form: Form,
    /// The link as a QR code: the path of an SVG, and its side in modules.
    pub qr: (String, usize),
    /// The link itself, for an app on this very device.
    pub link: String,
    /// The secret as it is typed.
    pub to_type: String,
    /// To be sent back.
    pub sealed: String,
}

/// Posts `sealed`, `answer`, `name`, `password` to `/settings/second-factor/passkey`.
#[derive(Template)]
#[template(path = "settings/second_factor_passkey.html")]
pub struct PasskeyPage {
    /// The frame.
    pub page: Page,
    /// `name` as typed, and what was wrong.
    pub form: Form,
    /// The options for the browser, in JSON; empty where browsers know no passkeys.
    pub options: String,
    /// To be sent back.
    pub sealed: String,
}

pub(super) async fn show_app(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    let offer = codes_app::offer(&app, caller.signed_in()?).await?;
    render_app(&req, &caller, offer, Form::new()).await
}

#[derive(Deserialize)]
pub(super) struct AppForm {
    #[serde(default, deserialize_with = "lenient::string")]
    sealed: String,
    #[serde(default, deserialize_with = "lenient::string")]
    code: String,
    #[serde(default, deserialize_with = "lenient::string")]
    password: String,
}

pub(super) async fn set_app(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
    form: form::Form<AppForm>,
) -> Result<HttpResponse, WebError> {
    let (who, fields) = (caller.signed_in()?, form.fields);
    let from = ClientAddress(caller.address());
    let set = async {
        let proof = second_factor::prove(&app, who, &Secret::new(fields.password), from).await?;
        codes_app::set(&app, proof, &fields.sealed, &fields.code).await
    };
    match set.await {
        Ok(codes) => codes_or_back(&req, &caller, codes, "Your app is set.").await,
        Err(Error::Invalid(invalid)) => {
            let offer = codes_app::again(&app, who, &fields.sealed).await?;
            let form = Form::new().refused(&invalid);
            Ok(frame::refused(
                render_app(&req, &caller, offer, form).await?,
            ))
        }
        Err(other) => Err(other.into()),
    }
}

async fn render_app(
    req: &HttpRequest,
    caller: &Caller,
    offer: codes_app::Offer,
    form: Form,
) -> Result<HttpResponse, WebError> {
    let mut page = frame::page(req, Some(caller), "An app that makes codes").await?;
    page.here = Here::Settings;
    page.has_errors = form.has_errors();
    let page = AppPage {
        page,
        form,
        qr: qr::path(&offer.link)?,
        link: offer.link,
        to_type: offer.to_type,
        sealed: offer.sealed,
    };
    frame::render(req, &page)
}

pub(super) async fn show_passkey(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    render_passkey(&app, &req, &caller, Form::new()).await
}

#[derive(Deserialize)]
pub(super) struct PasskeyForm {
    #[serde(default, deserialize_with = "lenient::string")]
    sealed: String,
    #[serde(default, deserialize_with = "lenient::string")]
    answer: String,
    #[serde(default, deserialize_with = "lenient::string")]
    name: String,
    #[serde(default, deserialize_with = "lenient::string")]
    password: String,
}

pub(super) async fn add_passkey(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
    form: form::Form<PasskeyForm>,
) -> Result<HttpResponse, WebError> {
    let (who, fields) = (caller.signed_in()?, form.fields);
    let from = ClientAddress(caller.address());
    let added = async {
        let proof = second_factor::prove(&app, who, &Secret::new(fields.password), from).await?;
        passkeys::add(&app, proof, &fields.sealed, &fields.answer, &fields.name).await
    };
    match added.await {
        Ok(codes) => codes_or_back(&req, &caller, codes, "The passkey is added.").await,
        Err(Error::Invalid(invalid)) => {
            let typed: String = fields.name.chars().take(passkeys::MAX_NAME).collect();
            let form = Form::new().with("name", typed).refused(&invalid);
            Ok(frame::refused(
                render_passkey(&app, &req, &caller, form).await?,
            ))
        }
        Err(other) => Err(other.into()),
    }
}

async fn render_passkey(
    app: &App,
    req: &HttpRequest,
    caller: &Caller,
    form: Form,
) -> Result<HttpResponse, WebError> {
    let offer = passkeys::offer(app, caller.signed_in()?).await?;
    let mut page = frame::page(req, Some(caller), "A passkey").await?;
    page.here = Here::Settings;
    page.has_errors = form.has_errors();
    let (options, sealed) = offer
        .map(|offer| (offer.options.to_string(), offer.sealed))
        .unwrap_or_default();
    let page = PasskeyPage {
        page,
        form,
        options,
        sealed,
    };
    frame::render(req, &page)
}
