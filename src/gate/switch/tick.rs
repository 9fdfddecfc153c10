//! What every process does each minute: writes down what became true, once, and tells.
//!
//! A transition is one transaction under the lock of the door: the episode by compare-and-set,
//! the history, the event that notices hang on. Whoever loses the race finds nothing to do; who
//! dies in the middle leaves nothing behind.

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncConnection;
use serde_json::json;

use super::clockwork::{self, Clockwork, Seen, Ticked};
use super::stage::Standing;
use crate::app::App;
use crate::domain::event::{Event, EventKind};
use crate::domain::switch::{Stage, Warning};
use crate::domain::{Id, Result};
use crate::gate::mode;
use crate::model::switch::SwitchState;
use crate::store::audit::NewLine;
use crate::store::{self, Conn};

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
            let standing = mode::weighed(app, conn, wall).await?.switch;
            if !write(conn, &standing).await? {
                return Ok(false);
            }
            let told = mode::weighed(app, conn, wall).await?.told;
            mode::note(conn, &told, standing.now).await?;
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

/// Writes the transition, if there is one; whether there was.
async fn write(conn: &mut Conn, standing: &Standing) -> Result<bool> {
    let at = standing.now;
    match (standing.episode, standing.since) {
        (None, None) => Ok(false),
        (None, Some(since)) => {
            let begun = store::switch::begin(conn, standing.cause, standing.stage, since).await?;
            let Some(id) = begun else { return Ok(false) };
            if standing.stage >= Stage::Guarded {
                told(conn, EventKind::SwitchMoved, id, standing.stage as i64, at).await?;
            }
            warn(conn, standing, id, 1).await?;
            Ok(true)
        }
        (Some(episode), _) if standing.stage < episode.stage => {
            if !store::switch::end(conn, episode.id, episode.version, None, at).await? {
                return Ok(false);
            }
            told(conn, EventKind::SwitchMoved, episode.id, 0, at).await?;
            Ok(true)
        }
        (Some(episode), Some(since)) if standing.stage > episode.stage => {
            let (id, version) = (episode.id, episode.version);
            if !store::switch::advance(conn, id, version, standing.stage, since).await? {
                return Ok(false);
            }
            told(conn, EventKind::SwitchMoved, id, standing.stage as i64, at).await?;
            Ok(true)
        }
        (Some(episode), _) => warn(conn, standing, episode.id, episode.version).await,
    }
}

/// Gives the warning that holds, if it was not given yet; whether it was given now.
async fn warn(conn: &mut Conn, standing: &Standing, id: Id, version: i32) -> Result<bool> {
    let Some(warning) = standing.warning else {
        return Ok(false);
    };
    if !store::switch::warned(conn, id, version, warning as i16).await? {
        return Ok(false);
    }
    debug_assert!(matches!(warning, Warning::First | Warning::Second));
    told(
        conn,
        EventKind::SwitchWarned,
        id,
        warning as i64,
        standing.now,
    )
    .await?;
    Ok(true)
}

async fn told(
    conn: &mut Conn,
    kind: EventKind,
    id: Id,
    extra: i64,
    at: DateTime<Utc>,
) -> Result<()> {
    let event = Event::by_people(kind, id, 0).with(extra);
    store::events::insert(conn, &event, at).await
}
