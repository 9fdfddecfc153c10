//! `/desk/place`: what the place says of itself.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::app::instance::MOST_RULES;
use crate::config::instance::{MAX_DESCRIPTION, MAX_TITLE};
use crate::domain::Error;
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::moderation::words::{self, Written};
use crate::web::error::WebError;
use crate::web::form::Form as Sent;
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};

/// Posts `title`, `description`, `contact_email`, `abuse_email`, `languages`, `rules` to
/// itself.
#[derive(Template)]
#[template(path = "review/place.html")]
pub struct PlacePage {
    /// The frame.
    pub page: Page,
    /// What holds or was typed, and what is to be mended.
    pub form: Form,
    /// The longest title and description.
    pub max: (usize, usize),
    /// How many rules there may be.
    pub most_rules: usize,
}

/// What differs is named by each row below.
const ROW: Route = Route {
    method: "GET",
    path: "/desk/place",
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
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    #[serde(deserialize_with = "lenient::string")]
    title: String,
    #[serde(deserialize_with = "lenient::string")]
    description: String,
    #[serde(deserialize_with = "lenient::string")]
    contact_email: String,
    #[serde(deserialize_with = "lenient::string")]
    abuse_email: String,
    #[serde(deserialize_with = "lenient::string")]
    languages: String,
    #[serde(deserialize_with = "lenient::string")]
    rules: String,
}

/// GET `/desk/place`.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    let written = words::look(&app, &caller.admin()?).await?;
    page(&req, &caller, filled(&written)).await
}

/// POST `/desk/place`.
async fn save(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Typed>,
) -> Result<HttpResponse, WebError> {
    let typed = sent.fields;
    let written = Written {
        title: typed.title,
        description: typed.description,
        contact_email: typed.contact_email,
        abuse_email: typed.abuse_email,
        languages: typed.languages,
        rules: typed.rules,
    };
    match words::save(&app, &caller.admin()?, &written).await {
        Ok(()) => {
            let said = "That is what the place says of itself from now on.";
            Ok(frame::see_other_with("/desk/place", &Flash::done(said)))
        }
        Err(Error::Invalid(invalid)) => {
            let form = filled(&written).refused_as(&invalid, |field| match field {
                "title" => "The name",
                "description" => "The description",
                "contact_email" => "The address for people",
                "abuse_email" => "The address for reports",
                "languages" => "The languages",
                _ => "The rules",
            });
            Ok(frame::refused(page(&req, &caller, form).await?))
        }
        Err(error) => Err(error.into()),
    }
}

fn filled(written: &Written) -> Form {
    Form::new()
        .with("title", &written.title)
        .with("description", &written.description)
        .with("contact_email", &written.contact_email)
        .with("abuse_email", &written.abuse_email)
        .with("languages", &written.languages)
        .with("rules", &written.rules)
}

async fn page(req: &HttpRequest, caller: &Caller, form: Form) -> Result<HttpResponse, WebError> {
    let mut page = frame::page(req, Some(caller), "The place").await?;
    page.here = Here::Desk;
    page.has_errors = form.has_errors();
    let shown = PlacePage {
        page,
        form,
        max: (MAX_TITLE, MAX_DESCRIPTION),
        most_rules: MOST_RULES,
    };
    frame::render(req, &shown)
}
