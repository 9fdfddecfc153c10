//! `/desk/events`: codes for those who come together.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::{Error, Id, ids};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::event_codes::{self, EventCode, MOST_HOURS, MOST_USES, Planned};
use crate::web::error::WebError;
use crate::web::form::{Form as Sent, Nothing};
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::moment::Moment;

/// Codes, and the form for a new one. Posts to `/desk/events` (`title`, `uses`, `hours`,
/// `network`) and `/desk/events/ID/end`.
#[derive(Template)]
#[template(path = "review/events.html")]
pub struct EventsPage {
    /// The frame.
    pub page: Page,
    /// What was typed, and what is to be mended.
    pub form: Form,
    /// May make and end them.
    pub admin: bool,
    /// The codes, newest first.
    pub rows: Vec<EventRow>,
    /// The most people and hours of one code.
    pub most: (i32, i64),
}

/// One code.
#[derive(Debug, Clone)]
pub struct EventRow {
    /// Its id.
    pub id: Id,
    /// What the event is called.
    pub title: String,
    /// What people type.
    pub code: String,
    /// The address that fills it in.
    pub link: String,
    /// How many used it, and may.
    pub uses: (i32, i32),
    /// Where it is good, in words.
    pub network: String,
    /// When it ends, or ended.
    pub ends: Moment,
    /// It holds now.
    pub is_good: bool,
}

const GET: Route = Route {
    method: "GET",
    path: "/desk/events",
    access: Access::Moderation,
    pending: Pending::Refused,
    rate: Rate::Usual,
    caching: Caching::Private,
    handler: || web::to(show),
};

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    GET,
    Route {
        method: "POST",
        access: Access::Admin,
        rate: Rate::Write,
        handler: || web::to(create),
        ..GET
    },
    Route {
        method: "POST",
        path: "/desk/events/{id}/end",
        access: Access::Admin,
        rate: Rate::Write,
        handler: || web::to(end),
        ..GET
    },
];

/// GET `/desk/events`.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    let form = Form::new().with("uses", "30").with("hours", "4");
    page(&req, &app, &caller, form).await
}

async fn page(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    form: Form,
) -> Result<HttpResponse, WebError> {
    let found = event_codes::list(app, &caller.moderator()?).await?;
    let mut page = frame::page(req, Some(caller), "Events").await?;
    page.here = Here::Desk;
    page.has_errors = form.has_errors();
    let failed = page.has_errors;
    let shown = EventsPage {
        page,
        form,
        admin: caller.admin().is_ok(),
        rows: found.iter().map(|event| row(app, event)).collect(),
        most: (MOST_USES, MOST_HOURS),
    };
    let answer = frame::render(req, &shown)?;
    Ok(if failed {
        frame::refused(answer)
    } else {
        answer
    })
}

fn row(app: &App, event: &EventCode) -> EventRow {
    let now = app.clock.now();
    EventRow {
        id: event.id,
        title: event.title.clone(),
        code: event.code.clone(),
        link: app.url(&format!("/apply?event={}", event.code)),
        uses: (event.used, event.uses),
        network: match event.network {
            Some(network) => format!("from {network}"),
            None => "from wherever the first of them comes".to_owned(),
        },
        ends: Moment::new(event.ends_at, now),
        is_good: event.used < event.uses && event.starts_at <= now && now < event.ends_at,
    }
}

/// An event as it is typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Typed {
    #[serde(deserialize_with = "lenient::string")]
    title: String,
    #[serde(deserialize_with = "lenient::string")]
    uses: String,
    #[serde(deserialize_with = "lenient::string")]
    hours: String,
    #[serde(deserialize_with = "lenient::string")]
    network: String,
}

/// POST `/desk/events`.
async fn create(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Typed>,
) -> Result<HttpResponse, WebError> {
    let typed = sent.fields;
    let planned = Planned {
        title: typed.title.clone(),
        uses: typed.uses.trim().parse().unwrap_or_default(),
        hours: typed.hours.trim().parse().unwrap_or_default(),
        network: typed.network.clone(),
    };
    match event_codes::create(&app, &caller.admin()?, &planned).await {
        Ok(event) => {
            let said = format!("The code is {}. It is good from now on.", event.code);
            Ok(frame::see_other_with("/desk/events", &Flash::done(said)))
        }
        Err(Error::Invalid(invalid)) => {
            let form = Form::new()
                .with("title", typed.title)
                .with("uses", typed.uses)
                .with("hours", typed.hours)
                .with("network", typed.network);
            let form = form.refused_as(&invalid, |field| match field {
                "title" => "What it is called",
                "uses" => "How many people: it",
                "hours" => "How many hours: it",
                _ => "The network",
            });
            page(&req, &app, &caller, form).await
        }
        Err(error) => Err(error.into()),
    }
}

/// POST `/desk/events/ID/end`.
async fn end(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    _sent: Sent<Nothing>,
) -> Result<HttpResponse, WebError> {
    let id = ids::parse(&path).ok_or(Error::NotFound)?;
    event_codes::end(&app, &caller.admin()?, id).await?;
    let said = "The code is over. Who applied with it is not touched.";
    Ok(frame::see_other_with("/desk/events", &Flash::done(said)))
}
