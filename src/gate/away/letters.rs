//! One mail to each who waits when the place is sealed, and one to each member in distress.
//!
//! In slices: a turn writes down whom it tells and makes their mails, in one transaction; the
//! mails themselves go behind all others (`store::jobs::LAST`). Whoever was written down is not
//! told again in this absence. When somebody is back in between, the rest hears nothing.

use diesel_async::AsyncConnection;
use serde_json::json;

use crate::app::App;
use crate::domain::switch::Stage;
use crate::domain::{Error, Result};
use crate::gate::switch;
use crate::store::jobs::{LAST, MAIL};
use crate::store::{self};

/// The word of the errand that tells those who wait.
pub const WAITING: &str = "tell_waiting";
/// The word of the errand that tells members.
pub const MEMBERS: &str = "tell_members";
/// People of one turn.
const TURN: i64 = 500;

/// Whom a letter is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// Those who wait for a decision, at stage 3.
    Waiting,
    /// Members, at stage 4.
    Members,
}

impl To {
    /// The stage from which on it goes.
    pub fn stage(self) -> Stage {
        match self {
            To::Waiting => Stage::Sealed,
            To::Members => Stage::Distress,
        }
    }

    /// The word of its mail job.
    pub fn mail(self) -> &'static str {
        match self {
            To::Waiting => "sealed",
            To::Members => "distress",
        }
    }
}

/// A turn of the errand for an absence (an episode's id); `false` when nobody is left to tell.
///
/// # Errors
/// When the database cannot be asked; doing it again goes on where it was.
pub async fn go_on(app: &App, episode: i64, to: To) -> Result<bool> {
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let standing = switch::standing(app, conn, now).await?;
        if standing.episode.map(|open| open.id) != Some(episode) || standing.stage < to.stage() {
            return Ok(false);
        }
        let told = match to {
            To::Waiting => store::away_letters::take_waiting(conn, episode, TURN).await?,
            To::Members => store::away_letters::take_members(conn, episode, TURN).await?,
        };
        let mail = to.mail();
        let jobs = told.iter().map(|user| {
            let job = json!({ "mail": mail, "id": user, "episode": episode });
            (format!("{mail}:{episode}:{user}"), job)
        });
        store::jobs::insert_ranked(conn, MAIL, LAST, jobs.collect(), now).await?;
        Ok::<_, Error>(told.len() as i64 == TURN)
    })
    .await
}
