//! `/door`: how far the door is open, who reads, and what it was before. For everybody.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};

use crate::app::App;
use crate::domain::registration_mode::{ModeReason, RegistrationMode};
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::away::heir;
use crate::gate::mode;
use crate::model::audit::DoorChange;
use crate::web::error::WebError;
use crate::web::frame;
use crate::web::parts::layout::Page;
use crate::web::parts::moment::Moment;
use crate::web::render::door as words;

/// How far the picture looks back.
const DRAWN: TimeDelta = TimeDelta::days(365);
/// Its width, in its own units.
const WIDTH: f64 = 1000.0;

/// The door and its history.
#[derive(Template)]
#[template(path = "public/door.html")]
pub struct DoorPage {
    /// The frame.
    pub page: Page,
    /// What holds, one sentence.
    pub sentence: String,
    /// Since when, where that is known.
    pub since: Option<Moment>,
    /// Who reads; may be empty.
    pub readers: Vec<String>,
    /// The usual wait in words.
    pub usual_wait: Option<String>,
    /// When somebody was last answered.
    pub last_decision: Option<Moment>,
    /// The last year as a band.
    pub band: Vec<Stretch>,
    /// What the band shows, in one sentence, for those who cannot see it.
    pub band_words: String,
    /// Changes, newest first; those by opening hours left out.
    pub changes: Vec<ChangeRow>,
    /// How many were left out.
    pub by_hours: usize,
    /// When an heir became owner, the last first.
    pub successions: Vec<Moment>,
    /// The configuration switches the presence clock off: everybody is told.
    pub unwatched: bool,
}

/// A stretch of the band with one mode.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// Where it begins, 0 to 1000.
    pub x: String,
    /// How long it is.
    pub width: String,
    /// The mode: `open`, `approval`, `invite`, `closed`, or `unknown` before the first row.
    pub mode: &'static str,
    /// What it says when pointed at.
    pub title: String,
}

/// One change.
#[derive(Debug, Clone)]
pub struct ChangeRow {
    /// When.
    pub at: Moment,
    /// The mode before, where there was one.
    pub from: Option<&'static str>,
    /// The mode after.
    pub to: &'static str,
    /// Why.
    pub cause: &'static str,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[Route {
    method: "GET",
    path: "/door",
    access: Access::Page,
    pending: Pending::AnyStanding,
    rate: Rate::Usual,
    caching: Caching::Public(60),
    handler: || web::to(show),
}];

async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    let now = app.clock.now();
    let effective = mode::shown(&app).await?;
    let readers = mode::readers(&app).await?;
    let history = mode::history(&app).await?;
    let successions = heir::successions(&app).await?;
    let mut page = frame::page(&req, Some(&caller), "The door").await?;
    page.canonical = Some(app.url("/door"));
    let told = told(&history);
    let band = band(&history, now);
    let shown = DoorPage {
        page,
        sentence: words::sentence(&effective),
        since: effective.since.map(|at| Moment::new(at, now)),
        usual_wait: readers.usual_wait(),
        readers: readers.names,
        last_decision: readers.last_decision.map(|at| Moment::new(at, now)),
        band_words: band_words(&band),
        band,
        by_hours: history.len() - told.len(),
        successions: successions
            .into_iter()
            .map(|at| Moment::new(at, now))
            .collect(),
        unwatched: !app.config.registration.dead_man_switch,
        changes: told.into_iter().map(|change| row(change, now)).collect(),
    };
    frame::render(&req, &shown)
}

/// The changes that are not the opening hours' doing, newest first: those neither made by them
/// nor only back to what held before, in mode and reason.
fn told(newest_first: &[DoorChange]) -> Vec<&DoorChange> {
    let mut told = Vec::new();
    // What held before the hours began, while they hold.
    let mut before: Option<Option<&DoorChange>> = None;
    let mut last: Option<&DoorChange> = None;
    for change in newest_first.iter().rev() {
        if change.reason == ModeReason::Schedule {
            before.get_or_insert(last);
        } else {
            let back = before.take().flatten().is_some_and(|before| {
                (before.to_mode, before.reason) == (change.to_mode, change.reason)
            });
            if !back {
                told.push(change);
            }
        }
        last = Some(change);
    }
    told.reverse();
    told
}

fn row(change: &DoorChange, now: DateTime<Utc>) -> ChangeRow {
    ChangeRow {
        at: Moment::new(change.at, now),
        from: change.from_mode.map(words::short),
        to: words::short(change.to_mode),
        cause: words::cause(change.reason),
    }
}

/// The last year, or as much of it as the history tells, as stretches from left to right.
fn band(newest_first: &[DoorChange], now: DateTime<Utc>) -> Vec<Stretch> {
    let Some(oldest) = newest_first.last() else {
        return Vec::new();
    };
    let begin = oldest.at.max(now - DRAWN).min(now - TimeDelta::seconds(1));
    let whole = (now - begin).num_seconds() as f64;
    let place = |at: DateTime<Utc>| {
        let gone = (at.clamp(begin, now) - begin).num_seconds() as f64;
        gone / whole * WIDTH
    };
    let mut stretches: Vec<(f64, f64, RegistrationMode, DateTime<Utc>)> = Vec::new();
    let mut end = WIDTH;
    for change in newest_first {
        let x = place(change.at);
        match stretches.last_mut() {
            Some(last) if last.2 == change.to_mode => (last.0, last.3) = (x, change.at),
            _ => stretches.push((x, end, change.to_mode, change.at)),
        }
        end = x;
        if change.at <= begin {
            break;
        }
    }
    stretches.reverse();
    stretches
        .into_iter()
        .map(|(x, end, mode, at)| Stretch {
            x: format!("{x:.1}"),
            width: format!("{:.1}", (end - x).max(1.5)),
            mode: mode.as_str(),
            title: format!("{} from {}", words::short(mode), at.format("%-d %b %Y")),
        })
        .collect()
}

fn band_words(band: &[Stretch]) -> String {
    let parts: Vec<&str> = band.iter().map(|stretch| stretch.title.as_str()).collect();
    // A place that changes its mind every day is read in the list below.
    match parts.len() {
        0 => "No change was noted yet.".to_owned(),
        1..=6 => format!("{}.", parts.join(", then ")),
        some => format!("{some} stretches; the list below names them."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(id: i64, days_ago: i64, to: RegistrationMode, reason: ModeReason) -> DoorChange {
        DoorChange {
            id,
            at: now() - TimeDelta::days(days_ago),
            from_mode: None,
            to_mode: to,
            reason,
        }
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).unwrap()
    }

    #[test]
    fn the_band_is_drawn_from_left_to_right_without_gaps() {
        use RegistrationMode::{Approval, Closed};
        let history = [
            change(3, 10, Approval, ModeReason::Admin),
            change(2, 20, Closed, ModeReason::Admin),
            change(1, 100, Approval, ModeReason::Setup),
        ];
        let drawn: Vec<(String, String, &str)> = band(&history, now())
            .into_iter()
            .map(|s| (s.x, s.width, s.mode))
            .collect();
        let own = |x: &str, width: &str, mode| (x.to_owned(), width.to_owned(), mode);
        assert_eq!(
            drawn,
            [
                own("0.0", "800.0", "approval"),
                own("800.0", "100.0", "closed"),
                own("900.0", "100.0", "approval"),
            ]
        );
        assert!(band(&[], now()).is_empty());
    }

    #[test]
    fn what_the_hours_began_and_ended_is_left_out() {
        use RegistrationMode::{Approval, Closed};
        let history = [
            change(3, 1, Approval, ModeReason::Admin),
            change(2, 2, Closed, ModeReason::Schedule),
            change(1, 3, Approval, ModeReason::Admin),
        ];
        let ids = |history: &[DoorChange]| told(history).iter().map(|c| c.id).collect::<Vec<_>>();
        assert_eq!(ids(&history), [1]);
        // Whatever else happens while they hold is no doing of theirs.
        let fired = [
            change(4, 1, Approval, ModeReason::Admin),
            change(3, 1, Approval, ModeReason::Deadman),
            change(2, 2, Closed, ModeReason::Schedule),
            change(1, 3, Approval, ModeReason::Admin),
        ];
        assert_eq!(ids(&fired), [4, 3, 1]);
        let turned = [
            change(3, 1, Closed, ModeReason::Admin),
            change(2, 2, Closed, ModeReason::Schedule),
            change(1, 3, Approval, ModeReason::Admin),
        ];
        assert_eq!(ids(&turned), [3, 1]);
    }
}
