//! Muting: not seeing somebody, who does not hear of it.

use chrono::TimeDelta;

use super::relationships::{self, Relationship, not_oneself};
use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::gate::Member;
use crate::store;

/// The longest mute with an end, in seconds: a hundred years.
const LONGEST: i64 = 100 * 366 * 24 * 3600;

/// Mutes, or changes how. `seconds`: how long, 0 for ever. `notifications`: those neither.
///
/// # Errors
/// `NotFound`; `Denied` for oneself; `Invalid` for a duration below 0.
pub async fn mute(
    app: &App,
    who: &Member,
    target: Id,
    notifications: bool,
    seconds: i64,
) -> Result<Relationship> {
    not_oneself(who, target)?;
    if seconds < 0 {
        return Err(Error::invalid(
            "The duration of a mute is 0 (for ever) or more seconds.",
        ));
    }
    let now = app.clock.now();
    let until = (seconds > 0).then(|| now + TimeDelta::seconds(seconds.min(LONGEST)));
    let mut conn = app.pool.get().await?;
    let account = who.account_id();
    if !store::mutes::mute(&mut conn, account, target, notifications, until, now).await? {
        return Err(Error::NotFound);
    }
    app.wake_relay();
    relationships::one(app, &mut conn, who, target).await
}

/// Ends a mute; who is not muted is no error.
///
/// # Errors
/// `NotFound`.
pub async fn unmute(app: &App, who: &Member, target: Id) -> Result<Relationship> {
    let mut conn = app.pool.get().await?;
    store::mutes::unmute(&mut conn, who.account_id(), target).await?;
    relationships::one(app, &mut conn, who, target).await
}
