//! `/desk/welcome`: what newcomers are offered after a yes.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::Error;
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::welcome::{self, MOST_PEOPLE, MOST_TAGS, Written};
use crate::web::error::WebError;
use crate::web::form::Form as Sent;
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};

/// Posts `people`, `tags`, `introduction`, `greeter` to `/desk/welcome`.
#[derive(Template)]
#[template(path = "review/welcome.html")]
pub struct WelcomeDeskPage {
    /// The frame.
    pub page: Page,
    /// What is there or was typed, and what is to be mended.
    pub form: Form,
    /// How many people may be offered.
    pub people_max: usize,
    /// How many tags may be offered.
    pub tags_max: usize,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/desk/welcome",
        access: Access::Admin,
        pending: Pending::Refused,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    Route {
        method: "POST",
        path: "/desk/welcome",
        access: Access::Admin,
        pending: Pending::Refused,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(save),
    },
];

/// GET `/desk/welcome`.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    let written = welcome::look(&app, &caller.admin()?).await?;
    page(&req, &caller, filled(&written)).await
}

#[derive(Deserialize)]
struct Typed {
    #[serde(default, deserialize_with = "lenient::string")]
    people: String,
    #[serde(default, deserialize_with = "lenient::string")]
    tags: String,
    #[serde(default, deserialize_with = "lenient::string")]
    introduction: String,
    #[serde(default, deserialize_with = "lenient::string")]
    greeter: String,
}

/// POST `/desk/welcome`.
async fn save(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Typed>,
) -> Result<HttpResponse, WebError> {
    let Typed {
        people,
        tags,
        introduction,
        greeter,
    } = sent.fields;
    let written = Written {
        people,
        tags,
        introduction,
        greeter,
    };
    match welcome::save(&app, &caller.admin()?, &written).await {
        Ok(()) => {
            let said = "Newcomers find it so from now on.";
            Ok(frame::see_other_with("/desk/welcome", &Flash::done(said)))
        }
        Err(Error::Invalid(invalid)) => {
            let mut form = filled(&written);
            for trouble in &invalid.fields {
                let of = match trouble.field.as_ref() {
                    "people" => "One of the people",
                    "tags" => "One of the tags",
                    "introduction" => "The tag of introductions",
                    _ => "Who greets",
                };
                let sentence = match trouble.code {
                    "ERR_TOO_LONG" => format!("The {} {}.", trouble.field, trouble.description),
                    _ => format!("{of} {}.", trouble.description),
                };
                form = form.error(trouble.field.to_string(), sentence);
            }
            Ok(frame::refused(page(&req, &caller, form).await?))
        }
        Err(error) => Err(error.into()),
    }
}

fn filled(written: &Written) -> Form {
    Form::new()
        .with("people", &written.people)
        .with("tags", &written.tags)
        .with("introduction", &written.introduction)
        .with("greeter", &written.greeter)
}

async fn page(req: &HttpRequest, caller: &Caller, form: Form) -> Result<HttpResponse, WebError> {
    let mut page = frame::page(req, Some(caller), "The welcome").await?;
    page.here = Here::Desk;
    page.has_errors = form.has_errors();
    let shown = WelcomeDeskPage {
        page,
        form,
        people_max: MOST_PEOPLE,
        tags_max: MOST_TAGS,
    };
    frame::render(req, &shown)
}
