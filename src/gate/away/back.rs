//! Coming home: what happened meanwhile, and what is owed to those who waited.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncConnection;
use serde_json::json;

use crate::app::App;
use crate::domain::switch::Stage;
use crate::domain::{Error, Id, Result};
use crate::gate::applications::ask;
use crate::gate::applications::bulk::LeftOut;
use crate::gate::applications::review::{self, PartCounts, Waiting};
use crate::gate::signs;
use crate::gate::switch::stage::{RESPONSE, Standing};
use crate::gate::switch::{self, lift};
use crate::gate::who::Reviewer;
use crate::store::audit::NewLine;
use crate::store::jobs::{MAIL, THEN};
pub use crate::store::while_away::Waits;
use crate::store::{self};

/// So much more time the staff have, where they told the applicants that they are back.
pub const MORE: TimeDelta = TimeDelta::days(7);
/// An application that waits for longer is an old one.
const OLD: TimeDelta = TimeDelta::days(7);
/// Old applications on the page, and in one act.
pub const MOST: usize = 100;
/// Newcomers that are named.
const NAMED: i64 = 20;

/// What the page tells.
#[derive(Debug, Clone, PartialEq)]
pub struct WhileAway {
    /// Where the switch stands.
    pub standing: Standing,
    /// From when on it tells: the last sign of life before, or the beginning of the episode.
    pub since: DateTime<Utc>,
    /// Figures.
    pub waits: Waits,
    /// Newcomers, newest first, some of them.
    pub joined: Vec<(String, DateTime<Utc>)>,
    /// How many wait where.
    pub queue: PartCounts,
    /// Old applications, the longest waiting first, each with whether its applicant was told
    /// already that somebody is back.
    pub old: Vec<Waiting>,
    /// What deputies decided at the door: name, yes, no.
    pub decided: Vec<(String, i64, i64)>,
    /// Who would lift it altogether, and needs a second one.
    pub wishes: Vec<String>,
    /// The viewer's own wish is not enough.
    pub needs_second: bool,
}

/// Reads it; `None` while nothing has to be lifted.
pub async fn look(app: &App, who: &Reviewer) -> Result<Option<WhileAway>> {
    let mut conn = app.desk.get().await?;
    let conn = &mut *conn;
    let now = app.clock.now();
    let standing = switch::standing(app, conn, now).await?;
    let Some(episode) = lift::latched(&standing) else {
        return Ok(None);
    };
    let since = store::signs_of_life::last_before(conn, episode.since)
        .await?
        .unwrap_or(episode.since);
    let most = MOST as i64;
    let ids = store::while_away::old_applications(conn, now - OLD, now, most).await?;
    let mut found: HashMap<Id, Waiting> = review::lines(app, conn, who, &ids).await?;
    Ok(Some(WhileAway {
        since,
        waits: store::while_away::waits(conn, since).await?,
        joined: store::while_away::joined(conn, since, NAMED).await?,
        queue: store::desk_queue::counts(conn, now).await?,
        old: ids.iter().filter_map(|id| found.remove(id)).collect(),
        decided: store::while_away::decided_by_deputies(conn, since).await?,
        wishes: store::lift_wishes::names(conn, episode.id, Stage::Calm).await?,
        needs_second: !lift::alone(conn, who.user(), episode.id, now).await?,
        standing,
    }))
}

/// Tells applicants that somebody is back: the staff have [`MORE`] to answer them, once for each.
/// Gives how many are told.
///
/// # Errors
/// `Invalid` for none or too many.
pub async fn tell(app: &App, who: &Reviewer, applications: &[Id]) -> Result<usize> {
    some(applications)?;
    let by = who.user().id;
    let mut conn = app.desk.get().await?;
    let told = conn
        .transaction(async |conn| {
            let now = app.clock.decide(conn).await?;
            let from = now + MORE - RESPONSE;
            let told = store::while_away::give_time(conn, applications, from).await?;
            let jobs = told.iter().map(|id| {
                let job = json!({ "mail": "back", "id": id });
                (format!("back:{id}"), job)
            });
            store::jobs::insert_ranked(conn, MAIL, THEN, jobs.collect(), now).await?;
            let named: Vec<String> = told.iter().map(Id::to_string).collect();
            let line = NewLine {
                actor: Some(by),
                act: "application.tell_back",
                subject_kind: "registration",
                subject: None,
                detail: json!({ "applications": named }),
                inverse: None,
            };
            store::audit::append(conn, line, now).await?;
            signs::act(conn, who, now).await?;
            Ok::<_, Error>(told.len())
        })
        .await?;
    drop(conn);
    // The oldest may be another one now, and the door less tight.
    crate::gate::mode::forget(app).await;
    Ok(told)
}

/// Asks applicants the same thing. Gives how many were asked, and who was left out and why.
///
/// # Errors
/// `Invalid` for none or too many, and for the words.
pub async fn ask_all(
    app: &App,
    who: &Reviewer,
    applications: &[Id],
    question: &str,
) -> Result<(usize, Vec<LeftOut>)> {
    some(applications)?;
    let (mut asked, mut left) = (0, Vec::new());
    for id in applications {
        match ask::ask(app, who, *id, question).await {
            Ok(()) => asked += 1,
            Err(error @ (Error::Invalid(_) | Error::Broken(_) | Error::Busy)) => return Err(error),
            Err(error) => {
                let mut conn = app.desk.get().await?;
                let found = store::applications::find_card(&mut conn, *id).await?;
                left.push(LeftOut {
                    id: *id,
                    name: found.map(|(_, user)| user.username).unwrap_or_default(),
                    why: error.sentence(),
                });
            }
        }
    }
    Ok((asked, left))
}

fn some(applications: &[Id]) -> Result<()> {
    match applications.len() {
        0 => Err(Error::invalid(
            "Nothing was ticked. Tick those that you mean, then go on.",
        )),
        count if count > MOST => Err(Error::invalid(format!(
            "That is more than {MOST} at once. Take some of them."
        ))),
        _ => Ok(()),
    }
}
