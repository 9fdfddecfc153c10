//! What every process does each minute: writes down what became true, once, and tells.
//!
//! A transition is one transaction under the lock of the door: the episode by compare-and-set,
//! the history, the event that notices hang on. Whoever loses the race finds nothing to do; who
//! dies in the middle leaves nothing behind.

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncConnection;
use serde_json::json;

use super::clockwork::{self, Clockwork, Seen, Ticked};
use super::stage::{Change, Standing};
use crate::app::App;
use crate::domain::Result;
use crate::domain::event::{Event, EventKind};
use crate::domain::switch::Stage;
use crate::gate::mode;
use crate::model::switch::SwitchState;
use crate::store::audit::NewLine;
use crate::store::{self, Conn};

/// Changes in one tick, at the most: none leads to more than two others.
const STEPS: usize = 8;

/// Writes down what became true. Of several processes at once one does it; the others go on.
pub async fn tick(app: &App) -> Result<()> {
    let mut conn = app.desk.get().await?;
    let moved = conn
        .transaction(async |conn| {
            if !store::door::try_lock(conn).await? {
                return Ok(false);
            }
            let wall = app.clock.decide(conn).await?;
            let standing = mode::weighed(app, conn, wall).await?.switch;
            let ticked = clockwork::tick(
                standing.clockwork,
                Seen {
                    wall,
                    gap: app.clock.gap(wall),
                },
            );
            keep(conn, &ticked, wall).await?;
            // By what is written now: the uptime of this very minute counts.
            for step in 0..STEPS {
                let weighed = mode::weighed(app, conn, wall).await?;
                if !write(conn, &weighed.switch).await? {
                    if step > 0 {
                        mode::note(conn, &weighed.told, weighed.switch.now).await?;
                    }
                    return Ok(step > 0);
                }
            }
            Ok::<_, crate::domain::Error>(true)
        })
        .await?;
    if moved {
        mode::forget(app).await;
        app.wake_relay();
    }
    Ok(())
}

async fn keep(conn: &mut Conn, ticked: &Ticked, wall: DateTime<Utc>) -> Result<()> {
    let Clockwork {
        high_water,
        ticked_at,
        behind,
        jump_wait,
    } = ticked.clockwork;
    let state = SwitchState {
        high_water,
        ticked_at,
        behind_millis: behind.num_milliseconds(),
        jump_wait_millis: jump_wait.num_milliseconds(),
    };
    store::switch::keep(conn, state, ticked.uptime.num_milliseconds()).await?;
    if let Some(by) = ticked.jumped {
        tracing::warn!(%by, "the clock jumped; the door is sealed no sooner than after a day");
        log(conn, "switch.clock_jump", by, wall).await?;
    }
    if let Some(by) = ticked.accepted {
        tracing::warn!(%by, "the clock was set back a day ago, and is believed now");
        store::signs_of_life::bring_back(conn, by, wall).await?;
        log(conn, "switch.clock_accepted", by, wall).await?;
    }
    Ok(())
}

async fn log(conn: &mut Conn, act: &'static str, by: TimeDelta, at: DateTime<Utc>) -> Result<()> {
    let line = NewLine {
        actor: None,
        act,
        subject_kind: "registration",
        subject: None,
        detail: json!({ "seconds": by.num_seconds() }),
        inverse: None,
    };
    store::audit::append(conn, line, at).await
}

/// Writes what is missing, a step; whether anything was.
async fn write(conn: &mut Conn, standing: &Standing) -> Result<bool> {
    let at = standing.now;
    let Some(change) = standing.change() else {
        return Ok(false);
    };
    let (id, version) = standing.episode.map_or((0, 0), |e| (e.id, e.version));
    let (id, kind, extra) = match change {
        Change::Begin {
            cause,
            stage,
            since,
        } => match store::switch::begin(conn, cause, stage, since).await? {
            // A warning is told at the next step.
            Some(_) if stage == Stage::Warned => return Ok(true),
            Some(id) => (id, EventKind::SwitchMoved, stage as i64),
            None => return Ok(false),
        },
        Change::Advance { stage, since } => {
            if !store::switch::advance(conn, id, version, stage, since).await? {
                return Ok(false);
            }
            (id, EventKind::SwitchMoved, stage as i64)
        }
        Change::End => {
            if !store::switch::end(conn, id, version, None, at).await? {
                return Ok(false);
            }
            (id, EventKind::SwitchMoved, 0)
        }
        Change::Warn(warning) => {
            if !store::switch::warned(conn, id, version, warning as i16).await? {
                return Ok(false);
            }
            (id, EventKind::SwitchWarned, warning as i64)
        }
    };
    let event = Event::by_people(kind, id, 0).with(extra);
    store::events::insert(conn, &event, at).await?;
    Ok(true)
}
