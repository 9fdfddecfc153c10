//! `/desk/charts`: what happened at the door, drawn.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use crate::app::App;
use crate::domain::door_count::DoorCount;
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::charts::{self, Charts, HintFigures, Period};
use crate::gate::questions::statistics::{Measured, VersionFigures};
use crate::text::clean;
use crate::web::error::WebError;
use crate::web::frame;
use crate::web::parts::chart::{About, Chart, Series, bars, lines};
use crate::web::parts::layout::{Here, Page};

/// GET parameter: `period` (`30d`, `90d`, `1y`).
#[derive(Template)]
#[template(path = "review/charts.html")]
pub struct ChartsPage {
    /// The frame.
    pub page: Page,
    /// Address, name, and whether it is shown.
    pub periods: Vec<(String, &'static str, bool)>,
    /// The charts; empty where nothing happened.
    pub charts: Vec<Chart>,
    /// Questions: words and figures (shown, answered, time, approved, the same words).
    pub questions: Vec<(String, [String; 6])>,
    /// Hints: words and figures (decided, approved, suspended later).
    pub hints: Vec<(String, [String; 3])>,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[Route {
    method: "GET",
    path: "/desk/charts",
    access: Access::Admin,
    pending: Pending::Refused,
    rate: Rate::Usual,
    caching: Caching::Private,
    handler: || web::to(show),
}];

#[derive(Debug, Deserialize)]
struct Wanted {
    #[serde(default, deserialize_with = "lenient::string")]
    period: String,
}

async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    wanted: web::Query<Wanted>,
) -> Result<HttpResponse, WebError> {
    let period = Period::of(&wanted.period);
    let figures = charts::look(&app, &caller.admin()?, period).await?;
    let mut page = frame::page(&req, Some(&caller), "Charts").await?;
    page.here = Here::Desk;
    frame::render(&req, &ChartsPage::new(page, &figures))
}

impl ChartsPage {
    /// The page of these figures.
    pub fn new(page: Page, figures: &Charts) -> ChartsPage {
        let name = |period| match period {
            Period::Month => "30 days",
            Period::Quarter => "90 days",
            Period::Year => "A year",
        };
        let link = |period: Period| {
            let path = format!("/desk/charts?period={}", period.word());
            (path, name(period), period == figures.period)
        };
        ChartsPage {
            page,
            periods: Period::ALL.into_iter().map(link).collect(),
            charts: match figures.is_empty() {
                true => Vec::new(),
                false => vec![applications(figures), waits(figures), decisions(figures)],
            },
            questions: figures.questions.iter().map(question).collect(),
            hints: figures.hints.iter().map(hint).collect(),
        }
    }
}

fn label(day: NaiveDate) -> String {
    day.format("%-d %b").to_string()
}

fn label_of_steps(period: Period) -> &'static str {
    match period {
        Period::Month => "Day",
        _ => "Week from",
    }
}

fn series(figures: &Charts, name: &'static str, what: DoorCount) -> Series {
    Series {
        name,
        values: figures
            .steps
            .iter()
            .map(|step| Some(step.of(what) as f64))
            .collect(),
    }
}

fn sum(figures: &Charts, what: DoorCount) -> i64 {
    figures.steps.iter().map(|step| step.of(what)).sum()
}

fn applications(figures: &Charts) -> Chart {
    let labels: Vec<String> = figures.steps.iter().map(|step| label(step.from)).collect();
    let applied = series(figures, "Applications", DoorCount::Applied);
    let about = About {
        id: "applications",
        title: "Applications".into(),
        description: format!(
            "{} applied, {} came into the queue.",
            sum(figures, DoorCount::Applied),
            sum(figures, DoorCount::Queued),
        ),
        label: label_of_steps(figures.period),
    };
    bars(about, &labels, &[applied])
}

fn decisions(figures: &Charts) -> Chart {
    let labels: Vec<String> = figures.steps.iter().map(|step| label(step.from)).collect();
    let all = [
        ("Yes", DoorCount::Approved),
        ("No, told", DoorCount::Rejected),
        ("No, without a word", DoorCount::Silenced),
        ("Ended by time", DoorCount::Expired),
        ("Withdrawn", DoorCount::Withdrawn),
        ("Taken back", DoorCount::TakenBack),
    ];
    let said: Vec<String> = all
        .iter()
        .map(|(name, what)| format!("{name}: {}", sum(figures, *what)))
        .collect();
    let series: Vec<Series> = all
        .iter()
        .map(|(name, what)| series(figures, name, *what))
        .collect();
    let about = About {
        id: "decisions",
        title: "What became of them".into(),
        description: format!("{}.", said.join(". ")),
        label: label_of_steps(figures.period),
    };
    bars(about, &labels, &series)
}

fn waits(figures: &Charts) -> Chart {
    let labels: Vec<String> = figures.waits.iter().map(|wait| label(wait.from)).collect();
    let longest = figures.waits.iter().filter_map(|wait| wait.hours);
    let longest = longest.map(|(_, most)| most).fold(0.0, f64::max);
    let (unit, hours) = match longest > 48.0 {
        true => ("days", 24.0),
        false => ("hours", 1.0),
    };
    let of = |name, part: fn((f64, f64)) -> f64| Series {
        name,
        values: figures
            .waits
            .iter()
            .map(|wait| wait.hours.map(|both| part(both) / hours))
            .collect(),
    };
    let last = figures.waits.iter().rev().find_map(|wait| wait.hours);
    let about = About {
        id: "waits",
        title: format!("How long they waited, in {unit}"),
        description: match last {
            Some((middle, most)) => format!(
                "Of those decided in the last week with a decision, half waited at most {:.1} {unit} (the line), nine in ten at most {:.1} (the dashed line).",
                middle / hours,
                most / hours,
            ),
            None => "Nothing was decided in this time.".into(),
        },
        label: "Week from",
    };
    let both = [
        of("Half at most", |(middle, _)| middle),
        of("Nine in ten at most", |(_, most)| most),
    ];
    lines(about, &labels, &both, unit)
}

fn share(part: i64, of: i64) -> String {
    match of {
        0 => "–".to_owned(),
        of => format!("{} %", (part * 100 + of / 2) / of),
    }
}

fn question(measured: &Measured) -> (String, [String; 6]) {
    let words = clean::excerpt(&measured.asked.version.label("en"), 80);
    (words, version_words(&measured.figures))
}

/// What is said of one version of a question: shown, answered, time for the form, approved,
/// suspended later, in another's words.
pub fn version_words(figures: &VersionFigures) -> [String; 6] {
    let time = match figures.median_seconds {
        Some(seconds) if seconds >= 90.0 => format!("{:.0} min", seconds / 60.0),
        Some(seconds) => format!("{seconds:.0} s"),
        None => "–".to_owned(),
    };
    [
        figures.shown.to_string(),
        figures.answered.to_string(),
        time,
        share(figures.approved, figures.decided),
        figures.suspended.to_string(),
        figures.same_words.to_string(),
    ]
}

fn hint(figures: &HintFigures) -> (String, [String; 3]) {
    let decided = figures.approved + figures.refused;
    let said = [
        decided.to_string(),
        share(figures.approved, decided),
        figures.suspended.to_string(),
    ];
    (hint_words(&figures.hint), said)
}

/// What a kind of hint says.
fn hint_words(kind: &str) -> String {
    let words = match kind {
        "again" => "Applied before",
        "trap" => "Filled in a field that nobody sees",
        "block" => "The address is blocked",
        "staff_name" => "A name like one of the staff",
        "same_answer" => "The same answer more than once",
        "answers_alike" => "An answer like another one",
        "network" => "Others from the same network",
        "mail_domain" => "A throw-away or parked mail domain",
        "mail_host" => "Who takes the mail",
        "speed" => "Filled in very fast",
        "name" => "An unlikely name",
        "address" => "An unlikely address",
        "event" => "Came with the code of an event",
        "drafts" => "Kept a draft",
        "returned" => "Came back another day",
        "invited" => "Came by an invite",
        "vouched" => "A member knows them",
        "not_vouched" => "A member does not know them",
        other => return other.replace('_', " "),
    };
    words.to_owned()
}
