//! `/desk/door`: how far the door is open, why, and what an admin may change.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use crate::app::App;
use crate::domain::Error;
use crate::domain::registration_mode::RegistrationMode;
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::ceilings::capacity;
use crate::gate::ceilings::opening_hours::{Fault, OpeningHours};
use crate::gate::doorkeeper::{self, Choice, Configured, Month, Overview, QueueCounts};
use crate::gate::effective_mode::Ceiling;
use crate::text::time_words;
use crate::web::error::WebError;
use crate::web::form::{Form as Sent, Nothing};
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::moment::Moment;
use crate::web::render::door as words;

/// Days as people call them, Monday first, with the names of their fields.
const DAYS: [(&str, &str); 7] = [
    ("monday", "Monday"),
    ("tuesday", "Tuesday"),
    ("wednesday", "Wednesday"),
    ("thursday", "Thursday"),
    ("friday", "Friday"),
    ("saturday", "Saturday"),
    ("sunday", "Sunday"),
];

/// The door, for those who keep it. Posts to `/desk/door` (`mode`, `bypass`) and
/// `/desk/door/hours` (`keep`, `zone`, `outside`, a field a day), `/desk/door/outdated`.
#[derive(Template)]
#[template(path = "review/door.html")]
pub struct DoorPage {
    /// The frame.
    pub page: Page,
    /// May change it.
    pub admin: bool,
    /// What holds, one sentence.
    pub sentence: String,
    /// Since when, where that is known.
    pub since: Option<Moment>,
    /// Every cause in force, tightest first.
    pub ceilings: Vec<CeilingRow>,
    /// The mode, as chosen.
    pub mode_form: Form,
    /// Modes with what they mean: value, name, sentence.
    pub modes: Vec<(&'static str, &'static str, &'static str)>,
    /// The hours, as kept or typed.
    pub hours_form: Form,
    /// Fields of the days: name, label.
    pub days: Vec<(&'static str, &'static str)>,
    /// When the hours change the door next: what happens, and when, on the clock there.
    pub next: Option<(&'static str, String)>,
    /// How many wait where.
    pub counts: QueueCounts,
    /// How many the queue holds, those for strangers and in all.
    pub room: (i64, i64),
    /// How many may wait in all.
    pub most: i64,
    /// When this release counts as outdated: `21 May 2028`.
    pub outdated_from: String,
    /// That can be put off now.
    pub may_put_off: bool,
}

/// One cause in force.
#[derive(Debug, Clone)]
pub struct CeilingRow {
    /// In a few words.
    pub cause: &'static str,
    /// The mode that it still allows, in a word.
    pub mode: &'static str,
    /// Under it an invite may approve.
    pub bypass: bool,
    /// Since when.
    pub since: Option<Moment>,
    /// Who or what lifts it.
    pub lifted_by: &'static str,
}

/// What an open door costs, before it is one. Posts to `/desk/door`.
#[derive(Template)]
#[template(path = "review/door_open.html")]
pub struct OpenDoorPage {
    /// The frame.
    pub page: Page,
    /// Who wait now, and stay waiting.
    pub waiting: i64,
    /// The last 30 days.
    pub month: Month,
    /// How many of the staff can decide now.
    pub deciders: usize,
    /// What half of the applications decided in that time waited at most: `6 hours`.
    pub wait: Option<String>,
    /// The same of the reports closed.
    pub report_wait: Option<String>,
    /// An invite may approve, as chosen.
    pub bypass: bool,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/desk/door",
        access: Access::Desk,
        pending: Pending::Refused,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    Route {
        method: "POST",
        path: "/desk/door",
        access: Access::Admin,
        pending: Pending::Refused,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(choose),
    },
    Route {
        method: "GET",
        path: "/desk/door/open",
        access: Access::Admin,
        pending: Pending::Refused,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(price),
    },
    Route {
        method: "POST",
        path: "/desk/door/hours",
        access: Access::Admin,
        pending: Pending::Refused,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(keep_hours),
    },
    Route {
        method: "POST",
        path: "/desk/door/outdated",
        access: Access::Admin,
        pending: Pending::Refused,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(put_off),
    },
];

/// GET `/desk/door`.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    page(&req, &app, &caller, None).await
}

/// The page; `hours` as typed where they have to be mended.
async fn page(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    hours: Option<Form>,
) -> Result<HttpResponse, WebError> {
    let door = doorkeeper::look(app, &caller.reviewer()?).await?;
    let now = app.clock.now();
    let mut page = frame::page(req, Some(caller), "The door").await?;
    page.here = Here::Desk;
    page.has_errors = hours.is_some();
    let Overview {
        weighed,
        counts,
        room,
        may_put_off,
        ..
    } = door;
    let chosen = &weighed.configured;
    let shown = DoorPage {
        page,
        admin: caller.admin().is_ok(),
        sentence: words::sentence(&weighed.effective),
        since: weighed.effective.since.map(|at| Moment::new(at, now)),
        ceilings: weighed
            .effective
            .ceilings
            .iter()
            .map(|ceiling| row(ceiling, now))
            .collect(),
        mode_form: Form::new()
            .with("mode", chosen.mode.as_str())
            .with("bypass", if chosen.bypass { "1" } else { "" }),
        modes: MODES.to_vec(),
        next: weighed.hours.as_ref().and_then(|hours| next(hours, now)),
        hours_form: hours.unwrap_or_else(|| hours_form(weighed.hours.as_ref())),
        days: DAYS.to_vec(),
        counts,
        room: (capacity::for_strangers(room), room),
        most: app.config.registration.max_waiting,
        outdated_from: weighed.outdated_from.format("%-d %B %Y").to_string(),
        may_put_off,
    };
    let failed = shown.page.has_errors;
    let response = frame::render(req, &shown)?;
    Ok(match failed {
        true => frame::refused(response),
        false => response,
    })
}

/// The modes with what they mean.
const MODES: [(&str, &str, &str); 4] = [
    (
        "approval",
        "By application",
        "Anybody may apply; a person reads every application.",
    ),
    ("invite", "By invitation", "Only the invited may apply."),
    ("closed", "Closed", "Nobody may apply."),
    (
        "open",
        "Open",
        "Anybody who confirms an address is in at once. You are told first what that costs.",
    ),
];

fn row(ceiling: &Ceiling, now: DateTime<Utc>) -> CeilingRow {
    CeilingRow {
        cause: words::cause_of(ceiling),
        mode: words::short(ceiling.mode),
        bypass: ceiling.bypass,
        since: ceiling.since.map(|at| Moment::new(at, now)),
        lifted_by: words::lifted_by(ceiling),
    }
}

/// What the hours do next, and when: `opens`, `Mon 23 Nov, 09:00 (Europe/Berlin)`.
pub fn next(hours: &OpeningHours, now: DateTime<Utc>) -> Option<(&'static str, String)> {
    let (_, until) = hours.around(now)?;
    let verb = match hours.is_open(now) {
        true => "closes",
        false => "opens",
    };
    let there = until.with_timezone(&hours.zone);
    let when = there.format("%a %-d %b, %H:%M");
    Some((verb, format!("{when} ({})", hours.zone.name())))
}

fn hours_form(hours: Option<&OpeningHours>) -> Form {
    let mut form = Form::new()
        .with("keep", if hours.is_some() { "1" } else { "" })
        .with("zone", hours.map_or("UTC", |hours| hours.zone.name()))
        .with(
            "outside",
            hours.map_or("closed", |hours| hours.outside.as_str()),
        );
    for (day, (name, _)) in DAYS.iter().enumerate() {
        form = form.with(
            *name,
            hours.map(|hours| hours.line(day)).unwrap_or_default(),
        );
    }
    form
}

#[derive(Deserialize)]
struct Chosen {
    #[serde(default, deserialize_with = "lenient::string")]
    mode: String,
    #[serde(default, deserialize_with = "lenient::boolean")]
    bypass: bool,
    #[serde(default, deserialize_with = "lenient::boolean")]
    understood: bool,
}

/// POST `/desk/door`. An open door leads to its price first.
async fn choose(
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Chosen>,
) -> Result<HttpResponse, WebError> {
    let admin = caller.admin()?;
    let Chosen {
        mode,
        bypass,
        understood,
    } = sent.fields;
    let mode = RegistrationMode::from_name(&mode)
        .ok_or_else(|| Error::BadRequest("Nobody offered that mode.".into()))?;
    if mode == RegistrationMode::Open && !understood {
        let path = match bypass {
            true => "/desk/door/open?bypass=1",
            false => "/desk/door/open",
        };
        return Ok(frame::see_other(path));
    }
    let choice = Choice {
        mode,
        bypass,
        understood,
    };
    let done = doorkeeper::configure(&app, &admin, choice).await?;
    Ok(changed(&done, mode))
}

/// Says what holds now, which may be tighter than what was chosen, and who goes on waiting.
fn changed(done: &Configured, wanted: RegistrationMode) -> HttpResponse {
    let mut said = match done.effective.mode == wanted {
        true => words::sentence(&done.effective),
        false => format!("Noted. For now another cause is stricter: {}", {
            let mut sentence = words::sentence(&done.effective);
            sentence.replace_range(..1, &sentence[..1].to_lowercase());
            sentence
        }),
    };
    match done.waiting {
        0 => {}
        1 => said.push_str(" One application still waits to be read."),
        some => said.push_str(&format!(" {some} applications still wait to be read.")),
    }
    frame::see_other_with("/desk/door", &Flash::done(said))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wish {
    bypass: String,
}

/// GET `/desk/door/open`.
async fn price(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    wish: web::Query<Wish>,
) -> Result<HttpResponse, WebError> {
    let price = doorkeeper::price(&app, &caller.admin()?).await?;
    let mut page = frame::page(&req, Some(&caller), "An open door").await?;
    page.here = Here::Desk;
    let shown = OpenDoorPage {
        page,
        waiting: price.waiting,
        month: price.month,
        deciders: price.deciders,
        wait: price.wait_hours.map(hours_words),
        report_wait: price.report_hours.map(hours_words),
        bypass: wish.bypass == "1",
    };
    frame::render(&req, &shown)
}

/// So many hours in their largest fitting unit.
fn hours_words(hours: f64) -> String {
    time_words::span(TimeDelta::seconds((hours * 3600.0) as i64))
}

#[derive(Deserialize)]
struct Hours {
    #[serde(default, deserialize_with = "lenient::boolean")]
    keep: bool,
    #[serde(default, deserialize_with = "lenient::string")]
    zone: String,
    #[serde(default, deserialize_with = "lenient::string")]
    outside: String,
    #[serde(default, deserialize_with = "lenient::string")]
    monday: String,
    #[serde(default, deserialize_with = "lenient::string")]
    tuesday: String,
    #[serde(default, deserialize_with = "lenient::string")]
    wednesday: String,
    #[serde(default, deserialize_with = "lenient::string")]
    thursday: String,
    #[serde(default, deserialize_with = "lenient::string")]
    friday: String,
    #[serde(default, deserialize_with = "lenient::string")]
    saturday: String,
    #[serde(default, deserialize_with = "lenient::string")]
    sunday: String,
}

/// POST `/desk/door/hours`.
async fn keep_hours(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Hours>,
) -> Result<HttpResponse, WebError> {
    let admin = caller.admin()?;
    let typed = sent.fields;
    if !typed.keep {
        doorkeeper::set_hours(&app, &admin, None).await?;
        let said = "No hours are kept: the door is as open by night as by day.";
        return Ok(frame::see_other_with("/desk/door", &Flash::done(said)));
    }
    let outside = match typed.outside.as_str() {
        "invite" => RegistrationMode::Invite,
        _ => RegistrationMode::Closed,
    };
    let lines = [
        typed.monday,
        typed.tuesday,
        typed.wednesday,
        typed.thursday,
        typed.friday,
        typed.saturday,
        typed.sunday,
    ];
    match OpeningHours::parse(&typed.zone, outside, &lines) {
        Ok(hours) => {
            doorkeeper::set_hours(&app, &admin, Some(&hours)).await?;
            let said = match next(&hours, app.clock.now()) {
                Some((verb, when)) => format!("The hours are kept. The door {verb} {when}."),
                None => "The hours are kept: the door is open all the week.".to_owned(),
            };
            Ok(frame::see_other_with("/desk/door", &Flash::done(said)))
        }
        Err(fault) => {
            let mut form = Form::new()
                .with("keep", "1")
                .with("zone", typed.zone)
                .with("outside", outside.as_str());
            for ((name, _), line) in DAYS.iter().zip(lines) {
                form = form.with(*name, line);
            }
            page(&req, &app, &caller, Some(blame(form, &fault))).await
        }
    }
}

fn blame(form: Form, fault: &Fault) -> Form {
    match fault {
        Fault::Zone(Some(near)) => form.error(
            "zone",
            format!("There is no time zone of that name. Perhaps {near}?"),
        ),
        Fault::Zone(None) => form.error(
            "zone",
            "There is no time zone of that name. Write it like Europe/Berlin or America/Lima.",
        ),
        Fault::Day(day, what) => {
            let (name, label) = DAYS[*day];
            form.error(name, format!("{label} {what}."))
        }
        Fault::Never => form.error(
            "monday",
            "Not one hour is left. To let nobody in, choose the mode \u{201c}Closed\u{201d} instead.",
        ),
    }
}

/// POST `/desk/door/outdated`.
async fn put_off(
    app: web::Data<App>,
    caller: Caller,
    _sent: Sent<Nothing>,
) -> Result<HttpResponse, WebError> {
    doorkeeper::put_off_outdated(&app, &caller.admin()?).await?;
    let said = "Put off by a year. A newer version is the better answer.";
    Ok(frame::see_other_with("/desk/door", &Flash::done(said)))
}
