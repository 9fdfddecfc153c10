//! `/desk/held`: acts beyond the budget, which wait for half a day.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::Error;
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::budget::AN_HOUR;
use crate::gate::zone;
use crate::jobs::acts::held;
use crate::web::error::WebError;
use crate::web::form;
use crate::web::frame;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::moment::Moment;

/// Posts `id` to `/desk/held/stop`.
#[derive(Template)]
#[template(path = "review/held.html")]
pub struct HeldPage {
    /// The frame.
    pub page: Page,
    /// Newest first.
    pub rows: Vec<HeldRow>,
    /// Acts of one person in an hour.
    pub most: i64,
}

/// One act.
#[derive(Debug, Clone)]
pub struct HeldRow {
    /// Its id.
    pub id: i64,
    /// Whose.
    pub actor: String,
    /// What.
    pub words: String,
    /// When it was wanted.
    pub wanted_at: Moment,
    /// When it is done.
    pub due_at: Moment,
    /// What became of it; `None` while it waits.
    pub outcome: Option<String>,
    /// The viewer may stop it.
    pub stoppable: bool,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/desk/held",
        access: Access::Desk,
        pending: Pending::Refused,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    Route {
        method: "POST",
        path: "/desk/held/stop",
        access: Access::Admin,
        pending: Pending::Refused,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(stop),
    },
];

async fn show(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    let reviewer = caller.reviewer()?;
    let (now, zone) = (app.clock.now(), zone::of(&app, reviewer.user()).await?);
    let moment = |at| Moment::new(at, now).in_zone(zone);
    let stops = caller.admin().is_ok();
    let me = reviewer.user().id;
    let rows = held::list(&app, &reviewer)
        .await?
        .into_iter()
        .map(|one| HeldRow {
            id: one.act.id,
            wanted_at: moment(one.act.created_at),
            due_at: moment(held::due(&one)),
            outcome: one.act.ended_at.map(|_| match &one.stopped_by {
                Some(name) => format!("Stopped by @{name}."),
                None => one.act.outcome.clone().unwrap_or_default(),
            }),
            stoppable: stops && one.act.ended_at.is_none() && one.act.actor_id != me,
            words: one.act.words.unwrap_or(one.act.act),
            actor: one.actor,
        })
        .collect();
    let mut page = frame::page(&req, Some(&caller), "Acts that wait").await?;
    page.here = Here::Desk;
    let page = HeldPage {
        page,
        rows,
        most: AN_HOUR,
    };
    frame::render(&req, &page)
}

#[derive(Deserialize)]
struct StopForm {
    #[serde(default, deserialize_with = "lenient::string")]
    id: String,
}

async fn stop(
    app: web::Data<App>,
    caller: Caller,
    form: form::Form<StopForm>,
) -> Result<HttpResponse, WebError> {
    let id = form.fields.id.parse().map_err(|_| Error::NotFound)?;
    let flash = match held::stop(&app, &caller.admin()?, id).await {
        Ok(()) => Flash::done("It is stopped."),
        Err(error @ (Error::Conflict(_) | Error::Denied(_))) => Flash::trouble(error.sentence()),
        Err(other) => return Err(other.into()),
    };
    Ok(frame::see_other_with("/desk/held", &flash))
}
