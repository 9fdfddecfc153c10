//! Polls: looking and voting.

use chrono::TimeDelta;
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

/// Polls that one statement ends or tells.
const AT_ONCE: i64 = 500;
/// Other servers hear of the votes in a poll at most once in that time, and at its end.
const BETWEEN_WORDS: TimeDelta = TimeDelta::minutes(3);

/// Ends polls whose time is over, and has other servers told of new votes. A crash in between
/// loses nothing: what was done has its event, the rest is done the next time.
///
/// # Errors
/// When the database cannot be asked.
pub async fn tend(app: &App) -> Result<()> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let mut done = 0;
    loop {
        let ended = store::poll_upkeep::end(&mut conn, AT_ONCE, now).await?;
        done += ended;
        if ended < AT_ONCE {
            break;
        }
    }
    if app.config.server.federates() {
        loop {
            let told =
                store::poll_upkeep::tell(&mut conn, now - BETWEEN_WORDS, AT_ONCE, now).await?;
            done += told;
            if told < AT_ONCE {
                break;
            }
        }
    }
    if done > 0 {
        app.wake_relay();
    }
    Ok(())
}

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
/// `NotFound`; `Invalid` where the vote cannot count (quirk 103); `Denied` when the member moved
/// away.
pub async fn vote(app: &App, who: &Member, id: Id, choices: Vec<i16>) -> Result<Poll> {
    who.lives_here()?;
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
    // The relay counts it after the commit; the voter sees it counted at once.
    let (voted, after) = conn
        .transaction(async |conn| {
            let voted = store::polls::vote(conn, vote, now).await?;
            let after = match voted {
                Voted::Done => store::polls::load_voted(conn, id, who.account_id(), now).await?,
                _ => None,
            };
            Ok::<_, Error>((voted, after))
        })
        .await?;
    let refused = |why: &str| Err(Error::invalid(format!("Validation failed: {why}")));
    match voted {
        Voted::Done => {
            app.wake_relay();
            after.ok_or(Error::NotFound)
        }
        Voted::NoPoll => Err(Error::NotFound),
        Voted::Ended => refused("The poll has already ended"),
        Voted::Already => refused("You have already voted on this poll"),
        Voted::NoChoice => refused("The chosen vote option does not exist"),
        Voted::Own => refused("You can't vote in your own polls"),
        Voted::TooMany => refused("Too many have voted on this poll"),
    }
}
