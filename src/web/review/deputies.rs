//! `/desk/deputies`: who may stand in while nobody of the staff is there.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::{Error, ids};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::away::deputies::{self, MOST};
use crate::gate::zone;
use crate::moderation::deputies::HOLDS;
use crate::web::error::WebError;
use crate::web::form::Form as Sent;
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::moment::Moment;

/// Posts to `/desk/deputies` (`name`, `told`) and `/desk/deputies/remove` (`id`).
#[derive(Template)]
#[template(path = "review/deputies.html")]
pub struct DeputiesPage {
    /// The frame.
    pub page: Page,
    /// Those who are named.
    pub rows: Vec<DeputyRow>,
    /// How many there may be.
    pub most: i64,
    /// Days for which what they do holds.
    pub days: i64,
    /// What is typed.
    pub form: Form,
}

/// A deputy.
#[derive(Debug, Clone)]
pub struct DeputyRow {
    /// `users.id`.
    pub id: String,
    /// The local name.
    pub name: String,
    /// They know of it.
    pub told: bool,
    /// Since when.
    pub named_at: Moment,
    /// When they were called last.
    pub called_at: Option<Moment>,
}

/// What differs is named by each row below.
const ROW: Route = Route {
    method: "GET",
    path: "/desk/deputies",
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
        handler: || web::to(name),
        ..ROW
    },
    Route {
        method: "POST",
        path: "/desk/deputies/remove",
        rate: Rate::Write,
        handler: || web::to(remove),
        ..ROW
    },
];

/// GET `/desk/deputies`.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    page(&req, &app, &caller, Form::new().with("told", "1")).await
}

async fn page(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    form: Form,
) -> Result<HttpResponse, WebError> {
    let admin = caller.admin()?;
    let (now, zone) = (app.clock.now(), zone::of(app, admin.user()).await?);
    let moment = |at| Moment::new(at, now).in_zone(zone);
    let rows = deputies::list(app, &admin).await?;
    let mut page = frame::page(req, Some(caller), "Deputies").await?;
    page.here = Here::Desk;
    page.has_errors = form.has_errors();
    let shown = DeputiesPage {
        page,
        rows: rows
            .into_iter()
            .map(|one| DeputyRow {
                id: one.user.to_string(),
                name: one.name,
                told: one.told,
                named_at: moment(one.named_at),
                called_at: one.called_at.map(moment),
            })
            .collect(),
        most: MOST,
        days: HOLDS.num_days(),
        form,
    };
    let failed = shown.page.has_errors;
    let answer = frame::render(req, &shown)?;
    Ok(match failed {
        true => frame::refused(answer),
        false => answer,
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    #[serde(deserialize_with = "lenient::string")]
    name: String,
    #[serde(deserialize_with = "lenient::boolean")]
    told: bool,
    #[serde(deserialize_with = "lenient::string")]
    id: String,
}

/// POST `/desk/deputies`.
async fn name(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Typed>,
) -> Result<HttpResponse, WebError> {
    let Typed { name, told, .. } = sent.fields;
    match deputies::name(&app, &caller.admin()?, &name, told).await {
        Ok(()) => {
            let said = match told {
                true => "Noted. They get a mail, so that they know.",
                false => "Noted. They hear of it when they are needed.",
            };
            Ok(frame::see_other_with("/desk/deputies", &Flash::done(said)))
        }
        Err(Error::Invalid(invalid)) => {
            let form = Form::new()
                .with("name", name)
                .with("told", if told { "1" } else { "" })
                .refused_as(&invalid, |_| "This");
            page(&req, &app, &caller, form).await
        }
        Err(error) => Err(error.into()),
    }
}

/// POST `/desk/deputies/remove`.
async fn remove(
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Typed>,
) -> Result<HttpResponse, WebError> {
    let id = ids::parse(&sent.fields.id).ok_or(Error::NotFound)?;
    deputies::remove(&app, &caller.admin()?, id).await?;
    let said = "They are no deputy any more.";
    Ok(frame::see_other_with("/desk/deputies", &Flash::done(said)))
}
