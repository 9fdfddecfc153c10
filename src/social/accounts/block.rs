//! Blocking ends follows both ways.

use super::relationships::{self, Relationship, not_oneself};
use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::gate::Member;
use crate::social::timelines::forget_feeds;
use crate::store;

/// Blocks; again is no error.
///
/// # Errors
/// `NotFound`; `Denied` for oneself.
pub async fn block(app: &App, who: &Member, target: Id) -> Result<Relationship> {
    not_oneself(who, target)?;
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    if !store::blocks::block(&mut conn, who.account_id(), target, now).await? {
        return Err(Error::NotFound);
    }
    forget_feeds(app, &[who.account_id(), target]).await;
    app.wake_relay();
    relationships::one(app, &mut conn, who, target).await
}

/// Ends a block; who is not blocked is no error.
///
/// # Errors
/// `NotFound`.
pub async fn unblock(app: &App, who: &Member, target: Id) -> Result<Relationship> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    if store::blocks::unblock(&mut conn, who.account_id(), target, now).await? {
        app.wake_relay();
    }
    relationships::one(app, &mut conn, who, target).await
}
