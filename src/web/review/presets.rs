//! `/desk/presets`: canned words of reviewers, written by admins.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::application::kind_words;
use crate::app::App;
use crate::domain::application::PresetKind;
use crate::domain::{Error, ids};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::applications::presets::{self, MAX_BODY, MAX_TITLE, MOST, Written};
use crate::web::error::WebError;
use crate::web::form::Form as Sent;
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};

/// All of them, one of them open to be changed. GET parameter: `id`. Posts to itself (`id`,
/// `kind`, `title`, `body`) and to `/desk/presets/delete` (`id`).
#[derive(Template)]
#[template(path = "review/presets.html")]
pub struct PresetsPage {
    /// The frame.
    pub page: Page,
    /// All: id, what they go with, title, text.
    pub rows: Vec<(String, &'static str, String, String)>,
    /// How many there may be.
    pub most: usize,
    /// What is being written, and what was wrong; `id` is empty for new ones.
    pub form: Form,
    /// What they can go with.
    pub kinds: Vec<(&'static str, &'static str)>,
    /// The longest title and text.
    pub max: (usize, usize),
}

/// What differs is named by each row below.
const ROW: Route = Route {
    method: "GET",
    path: "/desk/presets",
    access: Access::Admin,
    pending: Pending::Refused,
    rate: Rate::Usual,
    caching: Caching::Private,
    handler: || web::to(show),
};

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    ROW,
    Route {
        method: "POST",
        rate: Rate::Write,
        handler: || web::to(save),
        ..ROW
    },
    Route {
        method: "POST",
        path: "/desk/presets/delete",
        rate: Rate::Write,
        handler: || web::to(delete),
        ..ROW
    },
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    #[serde(deserialize_with = "lenient::string")]
    id: String,
    #[serde(deserialize_with = "lenient::string")]
    kind: String,
    #[serde(deserialize_with = "lenient::string")]
    title: String,
    #[serde(deserialize_with = "lenient::string")]
    body: String,
}

impl Typed {
    fn form(&self) -> Form {
        Form::new()
            .with("id", self.id.clone())
            .with("kind", self.kind.clone())
            .with("title", self.title.clone())
            .with("body", self.body.clone())
    }
}

async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    wanted: web::Query<Typed>,
) -> Result<HttpResponse, WebError> {
    let all = presets::list(&app, &caller.reviewer()?).await?;
    let open = all.iter().find(|preset| preset.id.to_string() == wanted.id);
    let form = match open {
        Some(preset) => Typed {
            id: preset.id.to_string(),
            kind: preset.kind.as_str().to_owned(),
            title: preset.title.clone(),
            body: preset.body.clone(),
        }
        .form(),
        None => Form::new().with("kind", PresetKind::No.as_str()),
    };
    page(&req, &app, &caller, form).await
}

async fn page(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    form: Form,
) -> Result<HttpResponse, WebError> {
    let all = presets::list(app, &caller.reviewer()?).await?;
    let mut page = frame::page(req, Some(caller), "Canned words").await?;
    page.here = Here::Desk;
    page.has_errors = form.has_errors();
    let shown = PresetsPage {
        page,
        rows: all
            .into_iter()
            .map(|p| (p.id.to_string(), kind_words(p.kind), p.title, p.body))
            .collect(),
        most: MOST,
        form,
        kinds: PresetKind::ALL
            .iter()
            .map(|kind| (kind.as_str(), kind_words(*kind)))
            .collect(),
        max: (MAX_TITLE, MAX_BODY),
    };
    frame::render(req, &shown)
}

async fn save(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Typed>,
) -> Result<HttpResponse, WebError> {
    let admin = caller.admin()?;
    let typed = sent.fields;
    let kind = PresetKind::from_name(&typed.kind)
        .ok_or_else(|| Error::BadRequest("Nobody offered that choice.".into()))?;
    let id = match typed.id.as_str() {
        "" => None,
        id => Some(ids::parse(id).ok_or(Error::NotFound)?),
    };
    let written = Written {
        kind,
        title: typed.title.clone(),
        body: typed.body.clone(),
    };
    match presets::save(&app, &admin, id, written).await {
        Ok(()) => Ok(frame::see_other_with(
            "/desk/presets",
            &Flash::done("Kept."),
        )),
        Err(Error::Invalid(invalid)) => {
            let form = typed.form().refused(&invalid);
            Ok(frame::refused(page(&req, &app, &caller, form).await?))
        }
        Err(error) => Err(error.into()),
    }
}

async fn delete(
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Typed>,
) -> Result<HttpResponse, WebError> {
    let id = ids::parse(&sent.fields.id).ok_or(Error::NotFound)?;
    presets::delete(&app, &caller.admin()?, id).await?;
    Ok(frame::see_other_with(
        "/desk/presets",
        &Flash::done("Deleted."),
    ))
}
