//! What people elsewhere do with posts: boosts, favourites, pins. Each is theirs alone: who
//! undoes is who did (I23).

use chrono::TimeDelta;

use crate::activitypub::notes::{self, Arrival};
use crate::activitypub::read::Announce;
use crate::activitypub::uri;
use crate::app::App;
use crate::app::federation::Federation;
use crate::domain::{Id, Result};
use crate::model::account::Account;
use crate::social::received::Received;
use crate::store;
use crate::store::remote_deeds::{self, RemoteBoost, Which};
use crate::store::remote_statuses::{self, Gone};

/// A boost that was done so long before it was sent stands where it arrived (D28).
const LATE: TimeDelta = TimeDelta::hours(1);
/// A boost that was taken back is not fetched for so long: a fetch that was under way is over.
const UNDONE_FOR: TimeDelta = TimeDelta::hours(1);
/// Pins that are kept of an account elsewhere.
const MAX_PINS: i64 = 10;

/// A boost.
#[derive(Debug, Clone)]
pub struct Boost {
    /// The address of the `Announce`.
    pub address: String,
    /// What it says of itself.
    pub says: Announce,
    /// How we heard of it.
    pub arrival: Arrival,
}

/// `booster` boosts. What is boosted is fetched when somebody here follows them, or looked at what
/// they boosted; only its address is believed. A boost that was fetched is told to nobody.
///
/// # Errors
/// As `notes::find_or_fetch`.
pub async fn boost(fed: &Federation, booster: &Account, cmd: Boost) -> Result<Received> {
    let Some(address) = uri::canonical(&cmd.address) else {
        return Ok(Received::Ignored("not an address"));
    };
    let Boost { says, arrival, .. } = cmd;
    let fetched = arrival == Arrival::Fetched;
    let now = fed.clock.now();
    let mut conn = fed.pool.get().await?;
    let known = notes::find(fed, &mut conn, &says.object).await?;
    let wanted = fetched || remote_statuses::is_followed(&mut conn, booster.id).await?;
    drop(conn);
    if !wanted && !known.as_ref().is_some_and(|found| found.local) {
        return Ok(Received::Ignored("nobody here follows"));
    }
    let object = match known {
        Some(found) => found,
        None => notes::find_or_fetch(fed, &says.object).await?,
    };
    let done_at = says.published.filter(|at| *at <= now).unwrap_or(now);
    let boost = RemoteBoost {
        status: object.id,
        account: booster.id,
        uri_hash: uri::hash(&address),
        uri: address,
        visibility: says.visibility,
        created_at: done_at,
        stands_at: if !fetched && now - done_at > LATE {
            now
        } else {
            done_at
        },
        fetched,
    };
    let mut conn = fed.pool.get().await?;
    let hash = boost.uri_hash;
    let done = remote_deeds::boost(&mut conn, boost, now).await?;
    // As with posts: it may have been deleted while it was being written.
    if done && fetched && remote_statuses::is_buried(&mut conn, hash, booster.id).await? {
        remote_deeds::unboost(&mut conn, booster.id, Some(hash), None, now).await?;
    }
    Ok(finish(fed, done, "not to be boosted, or boosted already"))
}

/// Takes a boost back, by its own address or by what it boosts.
///
/// # Errors
/// When the database cannot be asked.
pub async fn unboost(
    app: &App,
    booster: &Account,
    address: Option<&str>,
    object: Option<&str>,
) -> Result<Received> {
    let now = app.clock.now();
    let address = address.and_then(uri::canonical);
    let hash = address.as_deref().map(uri::hash);
    let mut conn = app.pool.get().await?;
    let status = known(app, &mut conn, object).await?;
    let own = booster.uri.as_deref();
    let is_theirs = |a: &String| own.is_some_and(|own| uri::same_authority(own, a));
    if let (Some(hash), Some(_)) = (hash, address.as_ref().filter(|a| is_theirs(a))) {
        // Before it is looked for: else one that is being fetched just now would stay.
        let until = now + UNDONE_FOR;
        remote_statuses::bury(&mut conn, Gone::Undone, hash, booster.id, now, until).await?;
    }
    let done = remote_deeds::unboost(&mut conn, booster.id, hash, status, now).await?;
    Ok(finish(app, done, "nothing to take back"))
}

/// `account` likes what is here. Nothing is fetched to be liked.
///
/// # Errors
/// When the database cannot be asked.
pub async fn favourite(
    app: &App,
    account: &Account,
    address: Option<&str>,
    object: &str,
) -> Result<Received> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let Some(status) = known(app, &mut conn, Some(object)).await? else {
        return Ok(Received::Ignored("not known here"));
    };
    let address = address.and_then(uri::canonical);
    let done = remote_deeds::like(&mut conn, status, account.id, address, now).await?;
    Ok(finish(app, done, "not for them, or liked already"))
}

/// Takes a favourite back.
///
/// # Errors
/// When the database cannot be asked.
pub async fn unfavourite(
    app: &App,
    account: &Account,
    address: Option<&str>,
    object: Option<&str>,
) -> Result<Received> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let which = Which {
        uri: address.and_then(uri::canonical),
        object: known(app, &mut conn, object).await?,
    };
    let done = remote_deeds::unlike(&mut conn, account.id, which, now).await?;
    Ok(finish(app, done, "nothing to take back"))
}

/// Puts one of the account's own posts on top of its profile.
///
/// # Errors
/// As `notes::find_or_fetch`.
pub async fn pin(fed: &Federation, account: &Account, object: &str) -> Result<Received> {
    let now = fed.clock.now();
    let mut conn = fed.pool.get().await?;
    let followed = remote_statuses::is_followed(&mut conn, account.id).await?;
    let known = notes::find(fed, &mut conn, object).await?;
    drop(conn);
    let found = match known {
        Some(found) => found,
        None if followed => notes::find_or_fetch(fed, object).await?,
        None => return Ok(Received::Ignored("nobody here follows")),
    };
    if found.account != account.id {
        return Ok(Received::Ignored("not their own"));
    }
    let mut conn = fed.pool.get().await?;
    remote_deeds::pin(&mut conn, account.id, found.id, MAX_PINS, now).await?;
    Ok(Received::Done)
}

/// Takes a post from the top of the account's profile.
///
/// # Errors
/// When the database cannot be asked.
pub async fn unpin(app: &App, account: &Account, object: &str) -> Result<Received> {
    let mut conn = app.pool.get().await?;
    match known(app, &mut conn, Some(object)).await? {
        Some(status) => {
            remote_deeds::unpin(&mut conn, account.id, status).await?;
            Ok(Received::Done)
        }
        None => Ok(Received::Ignored("not known here")),
    }
}

async fn known(app: &App, conn: &mut store::Conn, object: Option<&str>) -> Result<Option<Id>> {
    match object {
        Some(object) => Ok(notes::find(app, conn, object).await?.map(|found| found.id)),
        None => Ok(None),
    }
}

fn finish(app: &App, done: bool, otherwise: &'static str) -> Received {
    if done {
        app.wake_relay();
    }
    Received::when(done, otherwise)
}
