//! Requests to follow the member: yes or no.

use super::relationships::{self, Relationship};
use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::gate::Member;
use crate::social::timelines::forget_feeds;
use crate::store;
use crate::store::follows::State;

/// Says yes.
///
/// # Errors
/// `NotFound` when nobody of that id asks.
pub async fn authorize(app: &App, who: &Member, follower: Id) -> Result<Relationship> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let count = store::follows::accept(&mut conn, who.account_id(), Some(follower), now).await?;
    if count == 0 {
        return Err(Error::NotFound);
    }
    forget_feeds(app, &[follower]).await;
    app.wake_relay();
    relationships::one(app, &mut conn, who, follower).await
}

/// Says no.
///
/// # Errors
/// `NotFound` when nobody of that id asks.
pub async fn reject(app: &App, who: &Member, follower: Id) -> Result<Relationship> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let target = who.account_id();
    if !store::follows::end(&mut conn, follower, target, State::Requested, now).await? {
        return Err(Error::NotFound);
    }
    app.wake_relay();
    relationships::one(app, &mut conn, who, follower).await
}
