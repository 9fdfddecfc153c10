//! What every process does each minute: writes down what became true, once, and tells.
//!
//! A transition is one transaction under the lock of the door: the episode by compare-and-set,
//! the history, the event that notices hang on. Whoever loses the race finds nothing to do; who
//! dies in the middle leaves nothing behind.

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncConnection;
use serde_json::json;

use super::clockwork::{self, Ahead, Clockwork, Seen, SetBack, Ticked};
use super::stage::{self, Change, OpenEpisode, Standing, Written};
use crate::app::App;
use crate::domain::event::{Event, EventKind};
use crate::domain::switch::Stage;
use crate::domain::{Id, Result};
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
            let before = mode::weighed(app, conn, wall).await?.switch.clockwork;
            let gap = app.clock.gap(wall);
            let ticked = clockwork::tick(before, Seen { wall, gap });
            keep(conn, &ticked, wall).await?;
            // By what is written now: the uptime of this very minute counts. What this tick finds
            // true was not at the one before; whether it was since then, the facts say.
            let weighed = mode::weighed(app, conn, wall).await?;
            let last = before.map_or(DateTime::<Utc>::MIN_UTC, |kept| kept.ticked_at);
            let mut written = Written {
                episode: weighed.switch.episode,
                clockwork: Some(Clockwork {
                    ticked_at: last,
                    ..ticked.clockwork
                }),
            };
            let mut moved = false;
            for _ in 0..STEPS {
                let standing = stage::judge(&weighed.facts, &written, wall);
                let Some(change) = standing.change() else {
                    break;
                };
                let Some(id) = write(conn, &standing, change).await? else {
                    break;
                };
                written.episode =
                    stage::apply(written.episode, change).map(|e| OpenEpisode { id, ..e });
                moved = true;
            }
            if moved {
                let weighed = mode::weighed(app, conn, wall).await?;
                mode::note(conn, &weighed.told, weighed.switch.now).await?;
            }
            Ok::<_, crate::domain::Error>(moved)
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
        ahead,
    } = ticked.clockwork;
    let state = SwitchState {
        high_water,
        ticked_at,
        behind_millis: behind.num_milliseconds(),
        jump_wait_millis: jump_wait.num_milliseconds(),
        ahead_millis: ahead.map_or(0, |Ahead { by, .. }| by.num_milliseconds()),
        ahead_from: ahead.map(|Ahead { from, .. }| from),
    };
    store::switch::keep(conn, state, ticked.uptime.num_milliseconds()).await?;
    if let Some(by) = ticked.jumped {
        tracing::warn!(%by, "the clock jumped; the door is sealed no sooner than after a day");
        log(conn, "switch.clock_jump", by, wall).await?;
    }
    if let Some(SetBack { by, from, rest, to }) = ticked.accepted {
        tracing::warn!(%by, "the clock was set back a day ago, and is believed now");
        store::switch::bring_back(conn, by, from.map(|from| (from, rest)), to, wall).await?;
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

/// Writes what is missing, a step, and tells of it; gives the episode's id. `None` where somebody
/// else was faster.
async fn write(conn: &mut Conn, standing: &Standing, change: Change) -> Result<Option<Id>> {
    let at = standing.now;
    let (id, version) = standing.episode.map_or((0, 0), |e| (e.id, e.version));
    let (written, kind, extra) = match change {
        Change::Begin {
            cause,
            stage,
            since,
        } => {
            let Some(id) = store::switch::begin(conn, cause, stage, since).await? else {
                return Ok(None);
            };
            if stage >= Stage::Guarded {
                told(conn, EventKind::SwitchMoved, id, stage as i64, at).await?;
            }
            // A warning is told at the next step.
            return Ok(Some(id));
        }
        Change::Advance { stage, since } => (
            store::switch::advance(conn, id, version, stage, since).await?,
            EventKind::SwitchMoved,
            stage as i64,
        ),
        Change::End => (
            store::switch::end(conn, id, version, None, at).await?,
            EventKind::SwitchMoved,
            0,
        ),
        Change::Warn(warning) => (
            store::switch::warned(conn, id, version, warning as i16).await?,
            EventKind::SwitchWarned,
            warning as i64,
        ),
    };
    if !written {
        return Ok(None);
    }
    told(conn, kind, id, extra, at).await?;
    Ok(Some(id))
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
