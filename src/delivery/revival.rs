//! A host that was dead came back: what it must not have missed is told again, and nothing
//! else. It may still show what was deleted meanwhile; its people wait for an answer.

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncConnection;

use super::audience::Intent;
use super::plan;
use crate::app::App;
use crate::domain::activity::ActivityKind;
use crate::domain::{Error, Id, Result};
use crate::store::audience::Recipient;
use crate::store::delivery_hosts::Revived;
use crate::store::{self, Conn};

/// Hosts at a time.
const TOGETHER: i64 = 4;
/// When somebody was let in is not kept, only when they asked: a yes to whoever asked so long
/// before is said again. To hear it twice changes nothing.
const ASKED_BEFORE: TimeDelta = TimeDelta::days(30);
/// Of each kind, for one host: with both the most that may wait for it.
const MOST: i64 = 300;

/// Takes up hosts that came back to life; gives how many.
///
/// # Errors
/// When the database cannot be asked; then they are taken up again.
pub async fn revive(app: &App) -> Result<usize> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let hosts = conn
        .transaction(async |conn| {
            let hosts = store::delivery_hosts::revive(conn, TOGETHER, now).await?;
            for host in &hosts {
                tell(app, conn, *host, now).await?;
            }
            Ok::<_, Error>(hosts)
        })
        .await?;
    for host in &hosts {
        tracing::info!(host = host.host, since = %host.since, "a dead host lives again");
    }
    Ok(hosts.len())
}

async fn tell(app: &App, conn: &mut Conn, host: Revived, now: DateTime<Utc>) -> Result<()> {
    let Some(inbox) = store::deeds::inbox_of(conn, host.host).await? else {
        return Ok(());
    };
    let gone = store::deeds::deletions_since(conn, host.host, host.since, MOST).await?;
    let asked_since = host.since - ASKED_BEFORE;
    let (theirs, ours) = store::deeds::ties_since(conn, host.host, asked_since, MOST).await?;
    let between = |kind, author: Id, other: Id, deed: Id| Intent {
        kind,
        author,
        status: 0,
        other,
        deed,
        whom: 0,
    };
    let mut said: Vec<Intent> = gone
        .iter()
        .map(|b| match b.status == b.author {
            true => between(ActivityKind::Departure, b.author, 0, 0),
            false => Intent {
                status: b.status,
                ..between(ActivityKind::Deletion, b.author, 0, 0)
            },
        })
        .collect();
    said.extend(
        theirs
            .iter()
            .map(|t| between(ActivityKind::Accept, t.target, t.follower, t.id)),
    );
    said.extend(
        ours.iter()
            .map(|t| between(ActivityKind::Follow, t.follower, t.target, t.id)),
    );
    let to: Vec<Recipient> = (0i32..)
        .zip(&said)
        .map(|(n, _)| Recipient {
            n,
            host: host.host,
            inbox: inbox.clone(),
        })
        .collect();
    let said = (0i32..)
        .zip(said)
        .map(|(n, intent)| (n, intent, now))
        .collect();
    plan::write(app, conn, said, to, now).await?;
    Ok(())
}
