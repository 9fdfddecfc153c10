//! What accounts elsewhere do with accounts: follow, answer, block, move, go.

use chrono::TimeDelta;

use crate::activitypub::addresses::{self, Local};
use crate::activitypub::{actors, uri};
use crate::app::App;
use crate::app::federation::Federation;
use crate::domain::{Id, Result};
use crate::model::account::Account;
use crate::model::follow::{NOTIFIES, SHOWS_BOOSTS};
use crate::social::received::Received;
use crate::store;
use crate::store::follows::{State, Wishes};
use crate::store::remote_accounts;
use crate::store::remote_deeds::{self, Followed, Which};

/// An account elsewhere moves once in that time (I18).
const BETWEEN_MOVES: TimeDelta = TimeDelta::days(30);
/// Followers here that go along with one move; nobody has more here.
const MOST_FOLLOWERS: i64 = 100_000;

/// Somebody here, by address.
pub fn here(app: &App, address: &str) -> Option<Id> {
    match addresses::local(&app.origin(), &uri::canonical(address)?) {
        Some(Local::Actor(id)) => Some(id),
        _ => None,
    }
}

/// `who` follows somebody here, or asks to. A block answers at once with a no.
///
/// # Errors
/// When the database cannot be asked.
pub async fn follow(app: &App, who: &Account, address: &str, target: &str) -> Result<Received> {
    let Some(target) = here(app, target) else {
        return Ok(Received::Ignored("nobody here"));
    };
    let Some(address) = uri::canonical(address) else {
        return Ok(Received::Ignored("not an address"));
    };
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let followed = remote_deeds::follow(&mut conn, who.id, target, address.clone(), now).await?;
    match followed {
        Followed::Done => {
            app.wake_relay();
            Ok(Received::Done)
        }
        Followed::Blocked => {
            store::follows::refuse(&mut conn, target, who.id, &address, now).await?;
            app.wake_relay();
            Ok(Received::Ignored("blocked"))
        }
        Followed::NoAccount => Ok(Received::Ignored("nobody here")),
    }
}

/// `who` no longer follows.
///
/// # Errors
/// When the database cannot be asked.
pub async fn unfollow(
    app: &App,
    who: &Account,
    address: Option<&str>,
    target: Option<&str>,
) -> Result<Received> {
    let now = app.clock.now();
    let which = which(app, address, target);
    let mut conn = app.pool.get().await?;
    let done = remote_deeds::unfollow(&mut conn, who.id, which, now).await?;
    Ok(finish(app, done, "did not follow"))
}

/// Which follow of somebody here is answered: by its own address, or by who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// `follows.id`.
    pub follow: Option<Id>,
    /// Who asked.
    pub account: Option<Id>,
}

/// `who` says yes.
///
/// # Errors
/// When the database cannot be asked.
pub async fn accepted(app: &App, who: &Account, asked: Asked) -> Result<Received> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let done = remote_deeds::accept(&mut conn, who.id, asked.account, asked.follow, now).await?;
    Ok(finish(app, done, "nobody asked"))
}

/// `who` says no, at once or later.
///
/// # Errors
/// When the database cannot be asked.
pub async fn rejected(app: &App, who: &Account, asked: Asked) -> Result<Received> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let done = remote_deeds::reject(&mut conn, who.id, asked.account, asked.follow, now).await?;
    Ok(finish(app, done, "nobody asked"))
}

/// `who` blocks somebody here.
///
/// # Errors
/// When the database cannot be asked.
pub async fn block(
    app: &App,
    who: &Account,
    address: Option<&str>,
    target: &str,
) -> Result<Received> {
    let Some(target) = here(app, target) else {
        return Ok(Received::Ignored("nobody here"));
    };
    let now = app.clock.now();
    let address = address.and_then(uri::canonical);
    let mut conn = app.pool.get().await?;
    let done = remote_deeds::block(&mut conn, who.id, target, address, now).await?;
    Ok(finish(app, done, "nobody here"))
}

/// `who` blocks no longer.
///
/// # Errors
/// When the database cannot be asked.
pub async fn unblock(
    app: &App,
    who: &Account,
    address: Option<&str>,
    target: Option<&str>,
) -> Result<Received> {
    let now = app.clock.now();
    let which = which(app, address, target);
    let mut conn = app.pool.get().await?;
    let done = remote_deeds::unblock(&mut conn, who.id, which, now).await?;
    Ok(finish(app, done, "did not block"))
}

/// `who` went to another account, which says that it is the same person. Those here who follow
/// the old one ask to follow the new one: follows are never copied (I18).
///
/// # Errors
/// As `actors::fetch_and_store`.
pub async fn moved(fed: &Federation, who: &Account, target: &str) -> Result<Received> {
    let Some(old) = who.uri.as_deref() else {
        return Ok(Received::Ignored("not elsewhere"));
    };
    let target = match here(fed, target) {
        Some(id) => {
            let mut conn = fed.pool.get().await?;
            remote_accounts::by_id(&mut conn, id).await?
        }
        // What it says now, not what it said once.
        None => Some(actors::fetch_and_store(fed, target).await?),
    };
    let Some(target) = target.filter(|t| t.id != who.id && !t.is_suspended()) else {
        return Ok(Received::Ignored("nobody to go to"));
    };
    if !target.also_known_as.iter().any(|alias| alias == old) {
        return Ok(Received::Ignored("the other does not say the same"));
    }
    let now = fed.clock.now();
    let mut conn = fed.pool.get().await?;
    let since = now - BETWEEN_MOVES;
    if !remote_deeds::note_move(&mut conn, who.id, target.id, since, now).await? {
        return Ok(Received::Ignored("moved not long ago"));
    }
    let followers = remote_deeds::followers_here(&mut conn, who.id, MOST_FOLLOWERS).await?;
    for (follower, flags, languages) in followers {
        let wishes = Wishes {
            reblogs: Some(flags & SHOWS_BOOSTS != 0),
            notify: Some(flags & NOTIFIES != 0),
            languages,
        };
        // Whoever blocks the new one, or follows too many, only leaves the old one.
        if follower != target.id {
            store::follows::follow(&mut conn, follower, target.id, wishes, now).await?;
        }
        store::follows::end(&mut conn, follower, who.id, State::Any, now).await?;
    }
    fed.wake_relay();
    Ok(Received::Done)
}

/// `who` is gone, says its own server: all that it ever said goes, and it does not come back.
///
/// # Errors
/// When the database cannot be asked.
pub async fn gone(app: &App, who: &Account) -> Result<Received> {
    let Some(address) = who.uri.as_deref() else {
        return Ok(Received::Ignored("not elsewhere"));
    };
    // Staff keep what they have decided about: a suspended one stays as it is (I15).
    if who.is_suspended() {
        return Ok(Received::Ignored("suspended here"));
    }
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    while remote_accounts::erase_some(&mut conn, who.id, now).await? {}
    let hash = uri::hash(address);
    let done = remote_accounts::delete(&mut conn, who.id, hash, now).await?;
    Ok(finish(app, done, "gone already"))
}

fn which(app: &App, address: Option<&str>, target: Option<&str>) -> Which {
    Which {
        uri: address.and_then(uri::canonical),
        object: target.and_then(|target| here(app, target)),
    }
}

fn finish(app: &App, done: bool, otherwise: &'static str) -> Received {
    if done {
        app.wake_relay();
    }
    Received::when(done, otherwise)
}
