//! What an admin does at the door: the mode, the hours, an outdated release put off.
//!
//! Every act is one transaction: the setting, the history, the audit line with its inverse,
//! the sign of life.

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncConnection;
use serde_json::{Value, json};

use super::applications::line;
use super::ceilings::opening_hours::{self, OpeningHours};
use super::ceilings::{configured, outdated};
use super::charts;
use super::effective_mode::EffectiveMode;
use super::mode::{self, Weighed};
use super::signs;
use super::who::{Admin, Reviewer, Rights, rights_of};
use crate::app::App;
use crate::domain::registration_mode::RegistrationMode;
use crate::domain::{Error, Result};
use crate::model::user::User;
use crate::store::audit::NewLine;
pub use crate::store::door::{Month, QueueCounts};
use crate::store::{self, Conn};

/// The door as its keepers see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// What holds, and why.
    pub weighed: Weighed,
    /// How many wait where.
    pub counts: QueueCounts,
    /// How many the queue has room for.
    pub room: i64,
    /// An outdated release (or one that soon will be) may be put off now.
    pub may_put_off: bool,
}

/// Looks at the door.
pub async fn look(app: &App, _who: &Reviewer) -> Result<Overview> {
    let mut conn = app.desk.get().await?;
    let now = app.clock.decide(&mut conn).await?;
    let weighed = mode::weighed(app, &mut conn, now).await?;
    Ok(Overview {
        may_put_off: outdated::may_be_put_off(weighed.outdated_from, now),
        counts: store::door::queue_counts(&mut conn).await?,
        room: line::room(&mut conn, now).await?,
        weighed,
    })
}

/// What an open door would cost: who is there for it, and how soon they were.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    /// How many applications wait in all.
    pub waiting: i64,
    /// What the last 30 days brought.
    pub month: Month,
    /// How many people of the staff can decide now: members whose rights do not sleep.
    pub deciders: usize,
    /// The middle wait of the applications that people decided in these 30 days, in hours; `None`
    /// where they decided none.
    pub wait_hours: Option<f64>,
    /// The same of the reports that were closed.
    pub report_hours: Option<f64>,
}

/// Looks at what an open door would cost: five statements.
pub async fn price(app: &App, _who: &Admin) -> Result<Price> {
    let mut conn = app.desk.get().await?;
    let now = app.clock.now();
    let since = now - TimeDelta::days(30);
    let first = since.date_naive();
    let waits = store::door_days::waits(&mut conn, first).await?;
    let keepers = store::switch_notices::keepers(&mut conn).await?;
    let can_decide =
        |user: &&User| matches!(rights_of(user, now), Rights::Awake | Rights::Grace(_));
    Ok(Price {
        waiting: store::door::waiting(&mut conn).await?,
        month: store::door::month(&mut conn, first).await?,
        deciders: keepers.iter().filter(can_decide).count(),
        wait_hours: charts::middle_wait(first, &waits),
        report_hours: store::reports::median_hours(&mut conn, since).await?,
    })
}

/// What the admin chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// The loosest mode that is wanted.
    pub mode: RegistrationMode,
    /// Whether an invite may approve.
    pub bypass: bool,
    /// Has read what `open` costs. Without it, `open` is refused.
    pub understood: bool,
}

/// What a change leaves behind.
#[derive(Debug, Clone, PartialEq)]
pub struct Configured {
    /// What holds now; other ceilings may be tighter than what was chosen.
    pub effective: EffectiveMode,
    /// Applications that stay where they are: no change of the mode decides them (E14).
    pub waiting: i64,
}

/// Sets the configured mode.
///
/// # Errors
/// `Denied` for `open` without `understood`, and while nobody of the staff has shown a sign of
/// life.
pub async fn configure(app: &App, who: &Admin, choice: Choice) -> Result<Configured> {
    let Choice { mode, bypass, .. } = choice;
    if mode == RegistrationMode::Open && !choice.understood {
        return Err(Error::denied(
            "An open door is a choice with a price: read first what it costs.",
        ));
    }
    let mut conn = app.desk.get().await?;
    let done = conn
        .transaction(async |conn| {
            let now = begin(app, conn).await?;
            if mode == RegistrationMode::Open && store::signs_of_life::last(conn).await?.is_none() {
                return Err(Error::denied(
                    "The door can be opened to everybody once somebody of the staff has done \
                     something here: decide an application, or check in.",
                ));
            }
            let before = mode::weighed(app, conn, now).await?.configured;
            let change = Change {
                setting: configured::SETTING,
                value: configured::value(mode, bypass, now),
                act: "registration.configure",
                detail: json!({ "mode": mode.as_str(), "bypass": bypass }),
                inverse: json!({ "mode": before.mode.as_str(), "bypass": before.bypass }),
            };
            write(app, who, conn, change, now).await
        })
        .await;
    mode::forget(app).await;
    done
}

/// Sets the weekly opening hours; `None` keeps none.
pub async fn set_hours(app: &App, who: &Admin, hours: Option<&OpeningHours>) -> Result<Configured> {
    let value = hours.map_or(Value::Null, OpeningHours::value);
    let mut conn = app.desk.get().await?;
    let done = conn
        .transaction(async |conn| {
            let now = begin(app, conn).await?;
            let before = mode::weighed(app, conn, now).await?.hours;
            let change = Change {
                setting: opening_hours::SETTING,
                detail: json!({ "hours": value }),
                value,
                act: "registration.hours",
                inverse: json!({ "hours": before.map_or(Value::Null, |hours| hours.value()) }),
            };
            write(app, who, conn, change, now).await
        })
        .await;
    mode::forget(app).await;
    done
}

/// Lets an outdated release go on for a year.
///
/// # Errors
/// `Denied` more than two months before it is due.
pub async fn put_off_outdated(app: &App, who: &Admin) -> Result<Configured> {
    let mut conn = app.desk.get().await?;
    let done = conn
        .transaction(async |conn| {
            let now = begin(app, conn).await?;
            let due = mode::weighed(app, conn, now).await?.outdated_from;
            if !outdated::may_be_put_off(due, now) {
                return Err(Error::denied(format!(
                    "This release is not outdated before {}: come back two months ahead of it.",
                    due.format("%-d %B %Y")
                )));
            }
            let value = outdated::put_off(now);
            let change = Change {
                setting: outdated::SETTING,
                detail: value.clone(),
                value,
                act: "registration.put_off_outdated",
                inverse: json!({ "until": due.to_rfc3339() }),
            };
            write(app, who, conn, change, now).await
        })
        .await;
    mode::forget(app).await;
    done
}

/// Makes a release count as outdated from then on, as it did before it was put off; never before
/// its age says so.
pub async fn outdated_from(app: &App, who: &Admin, until: DateTime<Utc>) -> Result<Configured> {
    let mut conn = app.desk.get().await?;
    let done = conn
        .transaction(async |conn| {
            let now = begin(app, conn).await?;
            let due = mode::weighed(app, conn, now).await?.outdated_from;
            let value = json!({ "until": until.to_rfc3339() });
            let change = Change {
                setting: outdated::SETTING,
                detail: value.clone(),
                value,
                act: "registration.put_off_outdated",
                inverse: json!({ "until": due.to_rfc3339() }),
            };
            write(app, who, conn, change, now).await
        })
        .await;
    mode::forget(app).await;
    done
}

/// Nobody else changes the door until the end of the transaction; gives its time.
pub(super) async fn begin(app: &App, conn: &mut Conn) -> Result<DateTime<Utc>> {
    store::door::lock(conn).await?;
    app.clock.decide(conn).await
}

/// One setting to be written. An inverse that is null is none.
pub(super) struct Change {
    pub(super) setting: &'static str,
    pub(super) value: Value,
    pub(super) act: &'static str,
    pub(super) detail: Value,
    pub(super) inverse: Value,
}

/// Writes a setting and all that belongs to it.
pub(super) async fn write(
    app: &App,
    who: &Admin,
    conn: &mut Conn,
    change: Change,
    now: DateTime<Utc>,
) -> Result<Configured> {
    store::settings::set(conn, change.setting, &change.value, now).await?;
    let Weighed {
        effective, told, ..
    } = mode::weighed(app, conn, now).await?;
    mode::note(conn, &told, now).await?;
    let user = who.user().id;
    signs::act(conn, who, now).await?;
    let line = NewLine {
        actor: Some(user),
        act: change.act,
        subject_kind: "registration",
        subject: None,
        detail: change.detail,
        inverse: Some(change.inverse).filter(|inverse| !inverse.is_null()),
    };
    store::audit::append(conn, line, now).await?;
    let waiting = store::door::waiting(conn).await?;
    Ok(Configured { effective, waiting })
}
