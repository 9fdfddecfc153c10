//! `/desk/switch`: who was there, both clocks, and what comes when nobody is.

use std::fmt::Write;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::Deserialize;

use crate::app::App;
use crate::domain::Error;
use crate::domain::registration_mode::RegistrationMode;
use crate::domain::switch::Stage;
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::switch::look::{self, DRAWN_DAYS, Day, Keeper, Overview};
use crate::gate::switch::rehearse::MOST_DAYS;
use crate::gate::switch::settings::{self, Choice};
use crate::gate::switch::stage::PRESENCE_RANGE;
use crate::gate::zone;
use crate::model::audit::SignOfLife;
use crate::model::switch::Episode;
use crate::web::error::WebError;
use crate::web::form::Form as Sent;
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::moment::Moment;
use crate::web::render::switch as words;

/// Days of a rehearsal that nobody asked for longer.
const REHEARSED: i64 = 40;
/// The calendar's cells: so far apart, and so large.
const STEP: i64 = 8;
const CELL: i64 = 6;
/// Room for the names of the months.
const HEAD: i64 = 12;

/// The switch. Posts to `/desk/switch` (`presence_days`, `guarded`); GET `days` rehearses.
#[derive(Template)]
#[template(path = "review/switch.html")]
pub struct SwitchPage {
    /// The frame.
    pub page: Page,
    /// May change it.
    pub admin: bool,
    /// How it stands, one sentence, and what that means.
    pub sentence: (String, &'static str),
    /// It has gone as far as stage 2 at least.
    pub fired: bool,
    /// The two clocks.
    pub clocks: Vec<ClockRow>,
    /// What comes when, if nobody does anything.
    pub next: Vec<(Moment, &'static str)>,
    /// Why nothing comes, where nothing can.
    pub unarmed: Option<&'static str>,
    /// A year of days.
    pub calendar: Calendar,
    /// Who keeps the light on.
    pub keepers: Vec<KeeperRow>,
    /// What would happen within so many days.
    pub rehearsal: Vec<(Moment, String)>,
    /// Somebody asked for it.
    pub asked: bool,
    /// How many days that is.
    pub days: i64,
    /// How many may be asked for.
    pub most_days: i64,
    /// What was chosen, or typed.
    pub form: Form,
    /// The fewest and the most days.
    pub range: (i64, i64),
    /// Modes of a guarded door: value, name, meaning.
    pub modes: Vec<(&'static str, &'static str, &'static str)>,
    /// What there was before, newest first.
    pub episodes: Vec<EpisodeRow>,
}

/// One clock.
#[derive(Debug, Clone)]
pub struct ClockRow {
    /// Its id in the page.
    pub id: &'static str,
    /// What it counts.
    pub name: &'static str,
    /// How it stands, a sentence.
    pub words: String,
    /// How far it has run, of how much, in hours; `None` while it does not run.
    pub gone: Option<(i64, i64)>,
    /// When it is over.
    pub ends: Option<Moment>,
}

/// A year of days, as a drawing.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    /// Its width, in its own units.
    pub width: i64,
    /// Its height.
    pub height: i64,
    /// Days on which somebody was there.
    pub lit: Vec<Cell>,
    /// The others, as one path: small, so that nothing is told by colour alone.
    pub dark: String,
    /// Names of months: x and word.
    pub months: Vec<(i64, &'static str)>,
    /// The same in one sentence.
    pub description: String,
}

/// A day on which somebody was there.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
    /// How large.
    pub size: i64,
    /// `21 Nov 2026: 4 signs of life`.
    pub title: String,
}

/// Somebody who keeps the light on.
#[derive(Debug, Clone)]
pub struct KeeperRow {
    /// What they are called.
    pub name: String,
    /// Their handle here.
    pub username: String,
    /// Their role.
    pub role: &'static str,
    /// When they were there last, and how.
    pub last: Option<(Moment, &'static str)>,
}

/// An absence that was.
#[derive(Debug, Clone)]
pub struct EpisodeRow {
    /// When it began.
    pub since: Moment,
    /// When it was over.
    pub ended: Option<Moment>,
    /// What began it, and how far it went.
    pub words: String,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/desk/switch",
        access: Access::Desk,
        pending: Pending::Refused,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    Route {
        method: "POST",
        path: "/desk/switch",
        access: Access::Admin,
        pending: Pending::Refused,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(choose),
    },
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wish {
    #[serde(deserialize_with = "lenient::string")]
    days: String,
}

async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    wish: web::Query<Wish>,
) -> Result<HttpResponse, WebError> {
    let days = wish.days.trim().parse().ok();
    let page = page(&req, &app, &caller, None, days).await?;
    frame::render(&req, &page)
}

async fn page(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    typed: Option<Form>,
    days: Option<i64>,
) -> Result<SwitchPage, WebError> {
    let reviewer = caller.reviewer()?;
    let zone = zone::of(app, reviewer.user()).await?;
    let overview = look::look(app, &reviewer, zone).await?;
    let mut page = frame::page(req, Some(caller), "The switch").await?;
    page.here = Here::Desk;
    page.has_errors = typed.is_some();
    let admin = caller.admin().is_ok();
    Ok(SwitchPage::new(page, admin, &overview, zone, typed, days))
}

#[derive(Deserialize)]
struct Chosen {
    #[serde(default, deserialize_with = "lenient::string")]
    presence_days: String,
    #[serde(default, deserialize_with = "lenient::string")]
    guarded: String,
}

async fn choose(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Chosen>,
) -> Result<HttpResponse, WebError> {
    let admin = caller.admin()?;
    let Chosen {
        presence_days,
        guarded,
    } = sent.fields;
    let choice = Choice {
        presence_days: presence_days.trim().parse().unwrap_or(0),
        guarded: RegistrationMode::from_name(&guarded)
            .ok_or_else(|| Error::BadRequest("Nobody offered that mode.".into()))?,
    };
    match settings::choose(&app, &admin, choice).await {
        Ok(()) => {
            let said =
                format!("Kept. The door is guarded after {presence_days} days without anybody.");
            Ok(frame::see_other_with("/desk/switch", &Flash::done(said)))
        }
        Err(Error::Invalid(invalid)) => {
            let form = Form::new()
                .with("presence_days", presence_days)
                .with("guarded", guarded)
                .refused_as(&invalid, |field| match field {
                    "guarded" => "The mode",
                    _ => "The number of days",
                });
            let page = page(&req, &app, &caller, Some(form), None).await?;
            Ok(frame::refused(frame::render(&req, &page)?))
        }
        Err(other) => Err(other.into()),
    }
}

/// The modes of a guarded door.
const MODES: [(&str, &str, &str); 3] = [
    (
        "approval",
        "By application",
        "People may apply, and wait until somebody is back. No invite approves.",
    ),
    (
        "invite",
        "By invitation",
        "Only the invited may apply, and wait.",
    ),
    ("closed", "Closed", "Nobody may apply."),
];

impl SwitchPage {
    /// The page of these facts.
    pub fn new(
        page: Page,
        admin: bool,
        seen: &Overview,
        zone: Tz,
        typed: Option<Form>,
        days: Option<i64>,
    ) -> SwitchPage {
        let standing = &seen.standing;
        let now = standing.now;
        let moment = |at: DateTime<Utc>| Moment::new(at, now).in_zone(zone);
        let asked = days.is_some();
        let days = days.unwrap_or(REHEARSED).clamp(1, MOST_DAYS);
        let rehearsal = look::rehearse(standing, &seen.facts, days);
        SwitchPage {
            page,
            admin,
            sentence: words::sentence(standing, &seen.facts),
            fired: standing.stage >= Stage::Guarded,
            clocks: clocks(seen, zone),
            next: standing
                .next
                .iter()
                .map(|next| (moment(next.at), words::comes(next.stage)))
                .collect(),
            unarmed: words::unarmed(standing, &seen.facts),
            calendar: Calendar::of(&seen.days, seen.today),
            keepers: seen
                .keepers
                .iter()
                .map(|keeper| keeper_row(keeper, &moment))
                .collect(),
            rehearsal: rehearsal
                .iter()
                .map(|scene| (moment(scene.at), words::scene(scene, seen.guarded_mode)))
                .collect(),
            asked,
            days,
            most_days: MOST_DAYS,
            form: typed.unwrap_or_else(|| {
                Form::new()
                    .with("presence_days", seen.presence_days.to_string())
                    .with("guarded", seen.guarded_mode.as_str())
            }),
            range: (*PRESENCE_RANGE.start(), *PRESENCE_RANGE.end()),
            modes: MODES.to_vec(),
            episodes: seen
                .episodes
                .iter()
                .map(|episode| episode_row(episode, &moment))
                .collect(),
        }
    }
}

fn clocks(seen: &Overview, zone: Tz) -> Vec<ClockRow> {
    let standing = &seen.standing;
    let now = standing.now;
    let moment = |at: DateTime<Utc>| Moment::new(at, now).in_zone(zone);
    let run = |from: Option<DateTime<Utc>>, ends: Option<DateTime<Utc>>| {
        let (from, ends) = from.zip(ends)?;
        let whole = (ends - from).num_hours().max(1);
        Some(((now - from).num_hours().clamp(0, whole), whole))
    };
    let waits = [seen.facts.oldest_application, seen.facts.oldest_report];
    let oldest = waits.into_iter().flatten().min();
    vec![
        ClockRow {
            id: "presence",
            name: "Somebody is there",
            words: words::presence(standing, &seen.facts),
            gone: run(standing.seen, standing.presence_ends),
            ends: standing.presence_ends.map(moment),
        },
        ClockRow {
            id: "response",
            name: "Somebody answers",
            words: words::response(standing, &seen.facts),
            gone: run(oldest, standing.response_ends),
            ends: standing.response_ends.map(moment),
        },
    ]
}

fn keeper_row(keeper: &Keeper, moment: &impl Fn(DateTime<Utc>) -> Moment) -> KeeperRow {
    let name = match keeper.display_name.is_empty() {
        true => keeper.username.clone(),
        false => keeper.display_name.clone(),
    };
    KeeperRow {
        name,
        username: keeper.username.clone(),
        role: keeper.role.as_str(),
        last: keeper.last.map(|(kind, at)| {
            let how = match kind {
                SignOfLife::Act => "did something as a moderator",
                SignOfLife::CheckIn => "checked in",
                SignOfLife::Visit => "looked at the desk",
                SignOfLife::ActByApp => "did something by an app",
            };
            (moment(at), how)
        }),
    }
}

fn episode_row(episode: &Episode, moment: &impl Fn(DateTime<Utc>) -> Moment) -> EpisodeRow {
    EpisodeRow {
        since: moment(episode.since),
        ended: episode.ended_at.map(moment),
        words: words::episode(episode),
    }
}

impl Calendar {
    /// The last 53 weeks up to `today`, a column a week, Monday first.
    fn of(days: &[Day], today: NaiveDate) -> Calendar {
        let monday =
            |day: NaiveDate| day - TimeDelta::days(day.weekday().num_days_from_monday().into());
        let first = monday(today - TimeDelta::days(DRAWN_DAYS - 7));
        let mut calendar = Calendar {
            width: ((today - first).num_days() / 7 + 1) * STEP,
            height: HEAD + 7 * STEP,
            ..Calendar::default()
        };
        let mut lit = 0;
        let mut day = first;
        while day <= today {
            let seen = days.iter().find(|seen| seen.day == day);
            let column = (day - first).num_days() / 7;
            let row = i64::from(day.weekday().num_days_from_monday());
            let (x, y) = (column * STEP, HEAD + row * STEP);
            let size = match seen.map_or(0, |seen| seen.signs) {
                0 => 2,
                1..=2 => CELL - 1,
                _ => CELL,
            };
            let inset = (STEP - size) as f64 / 2.0;
            let (left, top) = (x as f64 + inset, y as f64 + inset);
            match seen {
                None => {
                    let _ = write!(calendar.dark, "M{left} {top}h{size}v{size}h-{size}z");
                }
                Some(seen) => calendar.lit.push(Cell {
                    x: left,
                    y: top,
                    size,
                    title: format!(
                        "{}: {}",
                        day.format("%-d %b %Y"),
                        words::signs(seen.signs, seen.people)
                    ),
                }),
            }
            lit += i64::from(seen.is_some());
            if day.day() == 1 && x + 4 * STEP < calendar.width {
                calendar.months.push((x, words::month(day.month())));
            }
            day += TimeDelta::days(1);
        }
        calendar.description = words::year(lit, days.last().map(|seen| seen.day), today);
        calendar
    }
}
