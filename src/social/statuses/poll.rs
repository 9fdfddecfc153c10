//! Polls: looking and voting.

use diesel_async::AsyncConnection;

use crate::app::App;
use crate::domain::event::Lane;
use crate::domain::{Error, Id, Result};
use crate::gate::Member;
use crate::social::page::{self, Poll};
use crate::store;
use crate::store::polls::{Vote, Voted};

/// Choices that one vote is read of; no poll has more options.
const MAX_CHOICES: usize = 20;

/// The poll of a status.
///
/// # Errors
/// `NotFound` when the status is not there for the viewer, or asks nothing.
pub async fn poll(app: &App, viewer: Option<Id>, id: Id) -> Result<Poll> {
    let mut conn = app.pool.get().await?;
    let row = page::rows(app, &mut conn, vec![id], viewer, false).await?;
    row.into_iter()
        .find(|row| row.boosted.is_none())
        .and_then(|row| row.poll)
        .ok_or(Error::NotFound)
}

/// Votes, by positions from 0. Gives the poll as it is then.
///
/// # Errors
/// `NotFound`; `Invalid` where the vote cannot count (quirk 103).
pub async fn vote(app: &App, who: &Member, id: Id, choices: Vec<i16>) -> Result<Poll> {
    let mut positions: Vec<i16> = choices.into_iter().take(MAX_CHOICES).collect();
    positions.sort_unstable();
    positions.dedup();
    let vote = Vote {
        status: id,
        account: who.account_id(),
        titles: Vec::new(),
        positions,
        uri: None,
        one_by_one: false,
        lane: Lane::People,
    };
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let voted = conn
        .transaction(async |conn| store::polls::vote(conn, vote, now).await)
        .await?;
    drop(conn);
    let refused = |why: &str| Err(Error::invalid(format!("Validation failed: {why}")));
    match voted {
        Voted::Done => {
            app.wake_relay();
            poll(app, Some(who.account_id()), id).await
        }
        Voted::NoPoll => Err(Error::NotFound),
        Voted::Ended => refused("The poll has already ended"),
        Voted::Already => refused("You have already voted on this poll"),
        Voted::NoChoice => refused("The chosen vote option does not exist"),
        Voted::Own => refused("You can't vote in your own polls"),
        Voted::TooMany => refused("Too many have voted on this poll"),
    }
}
