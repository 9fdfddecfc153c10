//! The dead-man switch: a server that knows when nobody is home (registration.md C1).
//!
//! ```text
//! facts (one statement, with the other facts of the door)
//!   │                      what the ticks wrote: clock, episode, uptime
//!   v                        v
//! stage::judge ──────────────┴──> Standing ──> ceilings::deadman ──> the effective mode
//!   ^                                │
//!   └── every minute: tick ──────────┴──> episode row + history + event, one commit ──> notices
//! ```
//!
//! [`stage`] and [`clockwork`] are pure. Up to stage 2 nothing has to be written for the door to
//! be guarded: whoever knocks finds it so, though every worker is dead.

pub mod clockwork;
pub mod lift;
pub mod look;
#[cfg(test)]
mod model;
pub mod rehearse;
pub mod settings;
pub mod stage;
mod tick;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use self::clockwork::{Ahead, Clockwork};
use self::stage::{Facts, OpenEpisode, Standing, Written};
use super::ceilings::absence::{self, Absence};
use super::mode;
use crate::app::App;
use crate::domain::Result;
use crate::domain::registration_mode::RegistrationMode;
use crate::model::switch::Episode;
use crate::store::Conn;
use crate::store::door::DoorFacts;

pub use tick::tick;

/// `instance_settings.key`: T in days, 2 to 14.
pub const PRESENCE: &str = "switch.presence_days";

/// Days without a sign of life until the door is guarded, as it was chosen.
pub fn presence_days(setting: Option<&Value>) -> i64 {
    let (least, most) = stage::PRESENCE_RANGE.into_inner();
    setting
        .and_then(Value::as_i64)
        .map_or(stage::PRESENCE_DAYS, |days| days.clamp(least, most))
}

/// Where the switch stands at `now`, as this connection sees the facts: one statement. For what
/// decides, in its own transaction.
pub async fn standing(app: &App, conn: &mut Conn, now: DateTime<Utc>) -> Result<Standing> {
    Ok(Arc::unwrap_or_clone(
        mode::weighed(app, conn, now).await?.switch,
    ))
}

/// The same for what only shows it: 30 s old at the most.
pub async fn shown(app: &App) -> Result<Arc<Standing>> {
    Ok(mode::remembered(app).await?.switch.clone())
}

/// Brings the facts into the shape that is judged.
pub(super) fn facts(
    app: &App,
    facts: &DoorFacts,
    chosen: RegistrationMode,
    now: DateTime<Utc>,
) -> Facts {
    let switch = &facts.switch;
    let presence = (app.config.registration.dead_man_switch)
        .then(|| TimeDelta::days(presence_days(facts.setting(PRESENCE))));
    Facts {
        presence,
        kept: facts.somebody_eligible,
        seen: switch.seen,
        seen_by_app: switch.seen_by_app,
        way_in: match chosen {
            RegistrationMode::Open | RegistrationMode::Approval => true,
            RegistrationMode::Invite => switch.live_invite,
            RegistrationMode::Closed => false,
        },
        waiting: facts.waiting > 0,
        alone: switch.alone,
        oldest_application: switch.oldest_application,
        oldest_report: switch.oldest_report,
        decided: switch.decided,
        trusted_reports: switch.trusted_reports,
        emergency: None,
        absent_until: facts
            .setting(absence::SETTING)
            .and_then(Absence::read)
            .filter(|away| away.lasts(now))
            .map(|away| away.to),
    }
}

/// What the ticks wrote down.
pub(super) fn written(facts: &DoorFacts) -> Written {
    Written {
        episode: facts.switch.episode.as_ref().map(open),
        clockwork: facts.switch.state.map(|state| Clockwork {
            high_water: state.high_water,
            ticked_at: state.ticked_at,
            behind: TimeDelta::milliseconds(state.behind_millis),
            jump_wait: TimeDelta::milliseconds(state.jump_wait_millis),
            ahead: state.ahead_from.map(|from| Ahead {
                by: TimeDelta::milliseconds(state.ahead_millis),
                from,
            }),
        }),
    }
}

fn open(episode: &Episode) -> OpenEpisode {
    OpenEpisode {
        id: episode.id,
        cause: episode.kind,
        stage: episode.stage,
        version: episode.version,
        since: episode.since,
        stage_since: episode.stage_since,
        warned: episode.warned,
        uptime: TimeDelta::milliseconds(episode.uptime_millis),
        sealed: episode.sealed_at.is_some(),
    }
}
