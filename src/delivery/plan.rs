//! Planning: from a batch of events to rows that wait to be sent, in the relay's transaction.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::audience::{Intent, intents};
use super::compose;
use crate::activitypub::write::Here;
use crate::app::App;
use crate::domain::Result;
use crate::store::audience::{self, Asked, Recipient};
use crate::store::event_log::Taken;
use crate::store::{self, Conn};

/// How often something is tried with a dead host, although nothing was heard of it: two that
/// hold each other for dead would stay so for ever.
const TRIAL: TimeDelta = TimeDelta::days(7);
/// For how long an inbox that is gone is believed to be.
const GONE: TimeDelta = TimeDelta::days(7);

/// Writes down what these events tell other servers; gives how many hosts have something to
/// be sent. Where nobody elsewhere is concerned it is one statement; where this place
/// federates with nobody, none.
pub async fn plan(
    app: &App,
    conn: &mut Conn,
    events: impl Iterator<Item = &Taken>,
    now: DateTime<Utc>,
) -> Result<usize> {
    if !app.config.server.federates() {
        return Ok(0);
    }
    let said: Vec<(Intent, DateTime<Utc>)> = events
        .flat_map(|event| intents(event).into_iter().map(|intent| (intent, event.at)))
        .collect();
    if said.is_empty() {
        return Ok(0);
    }
    let asked: Vec<Asked> = (0i32..)
        .zip(&said)
        .map(|(n, (intent, _))| Asked {
            n,
            whom: intent.whom,
            author: intent.author,
            status: intent.status,
            other: intent.other,
        })
        .collect();
    let to = audience::recipients(conn, &asked, now - TRIAL, now - GONE).await?;
    if to.is_empty() {
        return Ok(0);
    }
    let wanted: BTreeSet<i32> = to.iter().map(|r| r.n).collect();
    let said: Vec<(i32, Intent, DateTime<Utc>)> = (0i32..)
        .zip(said)
        .filter(|(n, _)| wanted.contains(n))
        .map(|(n, (intent, at))| (n, intent, at))
        .collect();
    write(app, conn, said, to, now).await
}

/// Composes and inserts. What has nothing to say any more (the status is gone meanwhile) goes
/// to nobody.
pub(super) async fn write(
    app: &App,
    conn: &mut Conn,
    said: Vec<(i32, Intent, DateTime<Utc>)>,
    to: Vec<Recipient>,
    now: DateTime<Utc>,
) -> Result<usize> {
    let documents = compose::compose(&Here::of(app), conn, said).await?;
    if documents.is_empty() {
        return Ok(0);
    }
    store::activities::insert(conn, documents, to, now).await
}
