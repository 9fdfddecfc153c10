//! Who comes home lifts the switch (registration.md C1).
//!
//! ```text
//! distress ─┐ a reviewer decides or asks            an admin, once nothing waits for
//! sealed ───┴─ about the oldest ──────> guarded ──── longer than it should ──────────> calm
//!     └───────────────────────── an admin, the same ───────────────────────────────────^
//! ```
//!
//! Whose role is younger than [`YOUNG`] wishes it only, until a second one wishes the same: a
//! stolen command line does not open the door. Who became owner as the heir in this very episode
//! lifts it alone: there may be nobody else, and an owner named them and all were told a
//! fortnight before. Each step is compare-and-set on the episode, the
//! history, the event, and what a seal held, in one transaction.

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncConnection;
use serde_json::json;

use super::stage::{OpenEpisode, Standing};
use crate::app::App;
use crate::domain::event::{Event, EventKind};
use crate::domain::role::Role;
use crate::domain::switch::Stage;
use crate::domain::{Error, Id, Result};
use crate::gate::who::{Admin, Reviewer, Via};
use crate::gate::{mode, signs};
use crate::model::audit::SignOfLife;
use crate::model::user::User;
use crate::store::audit::NewLine;
use crate::store::{self, Conn};

/// With a role that is younger than this, nobody lifts the switch alone.
pub const YOUNG: TimeDelta = TimeDelta::days(7);

/// What became of the wish to lift it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifted {
    /// It is lifted.
    Done,
    /// Noted: somebody else has to wish the same.
    Wished,
}

/// Lifts the switch altogether: everything is as it was before.
///
/// # Errors
/// `Conflict` where nothing is there to be lifted, somebody was faster, or an application or a
/// report still waits for longer than it should.
pub async fn to_calm(app: &App, who: &Admin) -> Result<Lifted> {
    let mut conn = app.desk.get().await?;
    let done = conn
        .transaction(async |conn| {
            store::door::lock(conn).await?;
            let wall = app.clock.decide(conn).await?;
            let standing = super::standing(app, conn, wall).await?;
            let episode = latched(&standing).ok_or_else(nothing)?;
            if standing.response_is_over() {
                return Err(Error::Conflict(STILL_WAITS.into()));
            }
            signs::act(conn, who, wall).await?;
            let lifted = match may(conn, who.user(), &episode, Stage::Calm, wall).await? {
                false => Lifted::Wished,
                true => {
                    end(app, conn, &standing, &episode, who.user().id, wall).await?;
                    Lifted::Done
                }
            };
            let detail = json!({ "from": episode.stage.as_str(), "to": "calm" });
            line(conn, who.user().id, lifted, episode.id, detail, wall).await?;
            Ok(lifted)
        })
        .await;
    drop(conn);
    mode::forget(app).await;
    app.wake_relay();
    done
}

/// The same by somebody with a shell on the server, in the name of one who keeps the light on:
/// their check-in. No second one is asked for, whoever has the shell has everything.
///
/// # Errors
/// `NotFound` for who has no such role; those of [`to_calm`].
pub async fn by_host(app: &App, name: &str) -> Result<()> {
    let mut conn = app.desk.get().await?;
    let done = conn
        .transaction(async |conn| {
            store::door::lock(conn).await?;
            let wall = app.clock.decide(conn).await?;
            let user = store::users::find_by_name(conn, name).await?;
            let user = user
                .filter(|user| user.is_member() && user.role.reviews_applications())
                .ok_or(Error::NotFound)?;
            let standing = super::standing(app, conn, wall).await?;
            let episode = latched(&standing).ok_or_else(nothing)?;
            if standing.response_is_over() {
                return Err(Error::Conflict(STILL_WAITS.into()));
            }
            store::signs_of_life::insert(conn, user.id, SignOfLife::CheckIn, wall).await?;
            end(app, conn, &standing, &episode, user.id, wall).await?;
            let detail = json!({ "from": episode.stage.as_str(), "to": "calm", "by": "host" });
            line(conn, user.id, Lifted::Done, episode.id, detail, wall).await
        })
        .await;
    drop(conn);
    mode::forget(app).await;
    app.wake_relay();
    done
}

/// Ends the episode: what a seal held goes on, the history and the event are written.
async fn end(
    app: &App,
    conn: &mut Conn,
    standing: &Standing,
    episode: &OpenEpisode,
    by: Id,
    wall: DateTime<Utc>,
) -> Result<()> {
    let (id, version, now) = (episode.id, episode.version, standing.now);
    if !store::switch::end(conn, id, version, Some(by), now).await? {
        return Err(Error::Conflict(FASTER.into()));
    }
    store::seals::end(conn, now).await?;
    told(conn, id, Stage::Calm, now).await?;
    let told = mode::weighed(app, conn, wall).await?.told;
    mode::note(conn, &told, now).await
}

const STILL_WAITS: &str = "Somebody still waits for longer than they should. Decide about the \
     oldest applications and reports first, ask something, or tell the applicants that you are back.";
const FASTER: &str = "Somebody else did something here at the same moment. Please look again.";

fn nothing() -> Error {
    Error::Conflict("There is nothing to be lifted: the door is as it was chosen.".into())
}

/// The episode, as far as somebody has to lift it: from stage 2 on, and where it does not end by
/// itself (E7).
pub(in crate::gate) fn latched(standing: &Standing) -> Option<OpenEpisode> {
    standing
        .episode
        .filter(|episode| episode.stage.min(standing.stage) >= Stage::Guarded)
}

/// Whether somebody has to lift it: staff are led to the page that receives them.
pub fn is_due(standing: &Standing) -> bool {
    latched(standing).is_some()
}

/// Applications are about to be decided or asked about: at the beginning of the transaction that
/// does it, before their rows are held. A reviewer who answers the one that waits longest lets
/// the place out of the seal: the door is guarded then, and time goes on for everybody. Whether
/// it did: the caller forgets the mode after its commit ([`mode::forget`]).
///
/// Deputies answer the queue, and so do automations; but nobody is home by that.
pub(in crate::gate) async fn answering(
    app: &App,
    conn: &mut Conn,
    who: &Reviewer,
    applications: &[Id],
    now: DateTime<Utc>,
) -> Result<bool> {
    let automated = matches!(
        who.via(),
        Via::Token {
            automation: true,
            ..
        }
    );
    if automated || !who.user().role.reviews_applications() {
        return Ok(false);
    }
    let written = store::switch::open_episode(conn).await?;
    if written.is_none_or(|episode| episode.stage < Stage::Sealed) {
        return Ok(false);
    }
    let oldest = store::while_away::oldest_in_queue(conn, now).await?;
    if !oldest.is_some_and(|oldest| applications.contains(&oldest)) {
        return Ok(false);
    }
    store::door::lock(conn).await?;
    let standing = super::standing(app, conn, now).await?;
    let Some(episode) = standing.episode.filter(|e| e.stage >= Stage::Sealed) else {
        return Ok(false);
    };
    let lifted = match may(conn, who.user(), &episode, Stage::Guarded, now).await? {
        false => Lifted::Wished,
        true => {
            let (id, version, at) = (episode.id, episode.version, standing.now);
            if !store::switch::advance(conn, id, version, Stage::Guarded, at).await? {
                // Somebody else was a moment faster: it is lifted all the same.
                return Ok(false);
            }
            store::seals::end(conn, at).await?;
            told(conn, id, Stage::Guarded, at).await?;
            let told = mode::weighed(app, conn, now).await?.told;
            mode::note(conn, &told, at).await?;
            Lifted::Done
        }
    };
    let detail = json!({ "from": episode.stage.as_str(), "to": "guarded" });
    line(conn, who.user().id, lifted, episode.id, detail, now).await?;
    Ok(lifted == Lifted::Done)
}

/// Whether they need no second one: the role is old enough, or they became owner as the heir in
/// that episode.
pub(in crate::gate) async fn alone(
    conn: &mut Conn,
    user: &User,
    episode: Id,
    now: DateTime<Utc>,
) -> Result<bool> {
    Ok(
        user.role_since + YOUNG <= now
            || store::heirs::succeeded_in(conn, user.id, episode).await?,
    )
}

/// Whether they may do it, alone or as the second one.
async fn may(
    conn: &mut Conn,
    user: &User,
    episode: &OpenEpisode,
    to: Stage,
    now: DateTime<Utc>,
) -> Result<bool> {
    if alone(conn, user, episode.id, now).await? {
        return Ok(true);
    }
    let least = match to {
        Stage::Calm => Role::Admin,
        _ => Role::Reviewer,
    };
    store::lift_wishes::wish(conn, episode.id, to, user.id, least, now).await
}

async fn told(conn: &mut Conn, episode: Id, stage: Stage, at: DateTime<Utc>) -> Result<()> {
    let event = Event::by_people(EventKind::SwitchMoved, episode, 0).with(stage as i64);
    store::events::insert(conn, &event, at).await
}

async fn line(
    conn: &mut Conn,
    by: Id,
    lifted: Lifted,
    episode: Id,
    detail: serde_json::Value,
    now: DateTime<Utc>,
) -> Result<()> {
    let line = NewLine {
        actor: Some(by),
        act: match lifted {
            Lifted::Done => "switch.lift",
            Lifted::Wished => "switch.wish_to_lift",
        },
        subject_kind: "registration",
        subject: Some(episode),
        detail,
        inverse: None,
    };
    store::audit::append(conn, line, now).await
}
