//! Boosts. A boost is never for more people than what it boosts: private statuses only
//! their author may boost, to the same followers; direct ones nobody.

use super::compose::Defaults;
use super::deed::{Count, Deed};
use super::post;
use crate::app::App;
use crate::domain::visibility::Visibility;
use crate::domain::{Error, Id, Result};
use crate::gate::Member;
use crate::store;

/// Boosts a status; of a boost the boosted one. Gives the boost. `visibility` narrows who it
/// is for; the default is that of new posts.
///
/// # Errors
/// `NotFound` when the member may not see it; `Denied` when it may not be passed on, or the
/// member moved away.
pub async fn boost(
    app: &App,
    who: &Member,
    id: Id,
    visibility: Option<Visibility>,
) -> Result<Deed> {
    who.lives_here()?;
    let now = app.clock.now();
    let account = who.account_id();
    let visibility = visibility.unwrap_or_else(|| Defaults::of(who.user()).visibility);
    let mut conn = app.pool.get().await?;
    // Twice: a parallel twin that was first is not in the snapshot of the first statement.
    for _ in 0..2 {
        let done = store::boosts::boost(&mut conn, id, account, visibility, who.app_id(), now)
            .await?
            .ok_or(Error::NotFound)?;
        if !done.allowed {
            return Err(Error::denied("This action is not allowed"));
        }
        if let Some(boost) = done.boost {
            let deed = Deed::counted(boost, Count::Reblogs(done.count));
            if done.changed {
                post::announce(app, who, &deed).await;
            }
            return Ok(deed);
        }
    }
    Err(Error::Conflict(
        "The boost was taken back at the same moment. Please try again.".into(),
    ))
}

/// Takes a boost back; gives the status that was boosted.
///
/// # Errors
/// `NotFound` when there is no such status.
pub async fn unboost(app: &App, who: &Member, id: Id) -> Result<Deed> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let done = store::boosts::unboost(&mut conn, id, who.account_id(), now)
        .await?
        .ok_or(Error::NotFound)?;
    if done.changed {
        app.wake_relay();
    }
    Ok(Deed::counted(done.status, Count::Reblogs(done.count)))
}
