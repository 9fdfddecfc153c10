//! Which ceilings are in force: reads the facts, and sets the configured one.
//!
//! Deciding paths call [`current`] in their own transaction; showing paths call [`shown`].

use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;
use serde_json::json;

use super::effective_mode::{Ceiling, EffectiveMode, strictest};
use super::who::Admin;
use crate::app::App;
use crate::domain::registration_mode::{ModeReason, RegistrationMode};
use crate::domain::{Error, Result};
use crate::model::audit::{DoorChange, SignOfLife};
use crate::store::audit::NewLine;
use crate::store::{self, Conn};

/// `instance_settings.key`: `{"mode": "approval", "bypass": false, "since": "…"}`.
const SETTING: &str = "registration.mode";
/// Rows of the history that a page or an app gets.
const HISTORY: i64 = 200;

/// What the admin chose; the configuration's word until then. No automation writes it.
pub async fn configured(app: &App, conn: &mut Conn) -> Result<Ceiling> {
    let chosen = store::settings::find(conn, SETTING).await?;
    let mode = chosen
        .as_ref()
        .and_then(|c| RegistrationMode::from_name(c["mode"].as_str()?));
    Ok(Ceiling {
        mode: mode.unwrap_or(app.config.registration.mode),
        bypass: chosen
            .as_ref()
            .is_some_and(|c| c["bypass"].as_bool() == Some(true)),
        reason: ModeReason::Admin,
        since: chosen.and_then(|c| c["since"].as_str()?.parse().ok()),
    })
}

/// The mode that holds at `now`, from the facts as this connection sees them: two statements.
pub async fn current(app: &App, conn: &mut Conn, now: DateTime<Utc>) -> Result<EffectiveMode> {
    let ceilings = [Some(configured(app, conn).await?), setup(conn, now).await?];
    Ok(strictest(ceilings.into_iter().flatten()))
}

/// Nobody could read an application: guarded at once (E7).
async fn setup(conn: &mut Conn, _now: DateTime<Utc>) -> Result<Option<Ceiling>> {
    let somebody = store::door::somebody_eligible(conn).await?;
    Ok((!somebody).then_some(Ceiling {
        mode: RegistrationMode::Approval,
        bypass: false,
        reason: ModeReason::Setup,
        since: None,
    }))
}

/// Its name in the app's memory.
const SHOWN: &str = "shown mode";

/// The mode for pages, the instance entity and other surfaces that only show it: 30 s old at
/// the most.
pub async fn shown(app: &App) -> Result<Arc<EffectiveMode>> {
    app.memory
        .get(SHOWN, async {
            let mut conn = app.desk.get().await?;
            current(app, &mut conn, app.clock.now()).await
        })
        .await
}

/// Forgets what [`shown`] remembers: after something that changed the facts here.
pub async fn forget(app: &App) {
    app.memory.forget(SHOWN).await;
}

/// What a change of the configured mode leaves behind.
#[derive(Debug, Clone, PartialEq)]
pub struct Configured {
    /// What holds now; other ceilings may be tighter than what was chosen.
    pub effective: EffectiveMode,
    /// Applications that stay in the queue: no change of the mode decides them.
    pub waiting: i64,
}

/// Sets the configured mode. An act of staff: audited, a sign of life; the door's history
/// gets a row when the mode that is shown changed with it.
///
/// # Errors
/// `Denied` for `open` while nobody of the staff has shown a sign of life.
pub async fn configure(app: &App, who: &Admin, mode: RegistrationMode) -> Result<Configured> {
    let mut conn = app.desk.get().await?;
    let configured = conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let before = configured(app, conn).await?;
        let shown_before = current(app, conn, now).await?;
        if mode == RegistrationMode::Open && store::door::last_sign_of_life(conn).await?.is_none() {
            return Err(Error::denied(
                "The door can be opened to everybody once somebody of the staff has done something \
                 here: decide an application, or check in.",
            ));
        }
        let value =
            json!({ "mode": mode.as_str(), "bypass": before.bypass, "since": now.to_rfc3339() });
        store::settings::set(conn, SETTING, &value, now).await?;
        let effective = current(app, conn, now).await?;
        if effective.mode != shown_before.mode {
            let from = Some(shown_before.mode);
            store::door::insert_change(conn, from, effective.mode, effective.reason, now).await?;
        }
        let user = who.user().id;
        store::door::insert_sign_of_life(conn, user, SignOfLife::Act, now).await?;
        let line = NewLine {
            actor: Some(user),
            act: "registration.configure",
            subject_kind: "registration",
            subject: None,
            detail: json!({ "mode": mode.as_str() }),
            inverse: Some(json!({ "mode": before.mode.as_str() })),
        };
        store::audit::append(conn, line, now).await?;
        let waiting = store::door::waiting(conn).await?;
        Ok(Configured { effective, waiting })
    })
    .await?;
    app.memory.forget(SHOWN).await;
    Ok(configured)
}

/// The history of the door, newest first: times, modes, reasons, never names.
pub async fn history(app: &App) -> Result<Vec<DoorChange>> {
    let mut conn = app.desk.get().await?;
    store::door::list_changes(&mut conn, HISTORY).await
}

/// What the door tells a stranger about who reads, and how long it takes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Readers {
    /// Names to show, five at the most.
    pub names: Vec<String>,
    /// The middle wait of the last 90 days, in hours; `None` without decisions.
    pub median_hours: Option<f64>,
    /// When an application was last decided.
    pub last_decision: Option<DateTime<Utc>>,
}

impl Readers {
    /// The usual wait in words, such as `a day` or `3 days`: what an answer comes within.
    pub fn usual_wait(&self) -> Option<String> {
        let words = crate::text::time_words::usually_within(self.median_hours?)?;
        Some(match words.strip_prefix("usually within ") {
            Some(span) => span.to_owned(),
            None => "some months".to_owned(),
        })
    }

    /// The usual wait as coarsely as apps are told: `hours`, `days`, `week`, `longer`.
    pub fn review_time(&self) -> Option<&'static str> {
        Some(match self.median_hours? {
            h if h < 24.0 => "hours",
            h if h < 5.0 * 24.0 => "days",
            h if h < 8.0 * 24.0 => "week",
            _ => "longer",
        })
    }
}

/// Who reads applications here.
pub async fn readers(app: &App) -> Result<Readers> {
    let mut conn = app.desk.get().await?;
    let since = app.clock.now() - chrono::TimeDelta::days(90);
    Ok(Readers {
        names: store::door::readers(&mut conn, 5).await?,
        median_hours: store::door::median_hours(&mut conn, since).await?,
        last_decision: store::door::last_decision(&mut conn).await?,
    })
}
