//! Moving away. The other account must say that it is the same person, now and at its own
//! server: nobody is sent to a stranger. Followers elsewhere are told and go by themselves;
//! followers here are led there by a job, by request, never copied (I18).

use chrono::TimeDelta;

use super::aliases;
use crate::activitypub::actors;
use crate::app::App;
use crate::app::federation::Network;
use crate::domain::{Error, Id, Result};
use crate::gate::Proven;
use crate::model::follow::{NOTIFIES, SHOWS_BOOSTS};
use crate::store;
use crate::store::follows::{State, Wishes};
use crate::store::{remote_accounts, remote_deeds};

/// An account moves to another one once in that time; back to the same one at any time.
const BETWEEN_MOVES: TimeDelta = TimeDelta::days(30);
/// Followers here that are led in one go.
const AT_ONCE: i64 = 100;

/// Moves to the account of a handle.
///
/// # Errors
/// `Invalid` on `target` where that account is nobody, does not name this one as its own, has
/// moved itself, or where this one moved elsewhere within 30 days.
pub async fn move_out(network: &Network, who: &Proven, typed: &str) -> Result<()> {
    let app = network.app();
    let own = who.account_id();
    let refuse = |code, why: &str| Err(Error::field("target", code, why));
    let Some(known) = aliases::find(network, who, typed).await? else {
        return refuse("ERR_INVALID", "leads to nobody that we could find");
    };
    if known.id == own {
        return refuse("ERR_INVALID", "is this very account");
    }
    // What it says now, not what it said once.
    let target = match actors::refresh(&network.federation(), &known).await {
        Ok(target) => target,
        Err(error @ (Error::Broken(_) | Error::Busy)) => return Err(error),
        Err(_) => return refuse("ERR_INVALID", "could not be asked just now"),
    };
    let mut conn = app.pool.get().await?;
    let me = remote_accounts::by_id(&mut conn, own)
        .await?
        .ok_or(Error::NotFound)?;
    let address = aliases::address(app, &me);
    if !target.also_known_as.contains(&address) {
        return refuse(
            "ERR_INVALID",
            "does not name this account as its own yet: add this account to its aliases first, over there",
        );
    }
    if target.moved_to_id.is_some() {
        return refuse("ERR_INVALID", "has moved itself");
    }
    if remote_deeds::is_blocked(&mut conn, own, target.id).await? {
        return refuse("ERR_INVALID", "is blocked by this one, or blocks it");
    }
    let now = app.clock.now();
    let since = now - BETWEEN_MOVES;
    if !store::moves::move_out(&mut conn, own, target.id, since, now).await? {
        return refuse(
            "ERR_TAKEN",
            "has to wait: this account moved elsewhere within the last 30 days",
        );
    }
    app.wake_relay();
    Ok(())
}

/// Stays after all: the account may post again. Who followed it to the other one does not
/// come back by itself.
///
/// # Errors
/// When the database cannot be asked.
pub async fn stay(app: &App, who: &crate::gate::Member) -> Result<()> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    if store::moves::stay(&mut conn, who.account_id(), now).await? {
        app.wake_relay();
    }
    Ok(())
}

/// Leads followers here to where an account moved: each asks to follow the other and leaves
/// this one. Doing it again does the rest. Nothing, where the move was taken back meanwhile.
///
/// # Errors
/// When the database cannot be asked.
pub async fn lead_followers(app: &App, account: Id) -> Result<()> {
    loop {
        let now = app.clock.now();
        let mut conn = app.pool.get().await?;
        let moved = remote_accounts::by_id(&mut conn, account).await?;
        let Some(target) = moved.and_then(|account| account.moved_to_id) else {
            return Ok(());
        };
        let followers = remote_deeds::followers_here(&mut conn, account, AT_ONCE).await?;
        if followers.is_empty() {
            return Ok(());
        }
        for (follower, flags, languages) in followers {
            let wishes = Wishes {
                reblogs: Some(flags & SHOWS_BOOSTS != 0),
                notify: Some(flags & NOTIFIES != 0),
                languages,
            };
            // Whoever blocks the new one, or follows too many, only leaves the old one.
            if follower != target {
                store::follows::follow(&mut conn, follower, target, wishes, now).await?;
            }
            store::follows::end(&mut conn, follower, account, State::Any, now).await?;
        }
        app.wake_relay();
    }
}
