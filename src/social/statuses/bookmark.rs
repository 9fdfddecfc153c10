//! Bookmarks: nobody else hears of them.

use super::deed::Deed;
use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::gate::Member;
use crate::store;

/// Bookmarks a status; of a boost the boosted one.
///
/// # Errors
/// `NotFound` when the member may not see it.
pub async fn bookmark(app: &App, who: &Member, id: Id) -> Result<Deed> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    store::bookmarks::add(&mut conn, id, who.account_id(), now)
        .await?
        .map(Deed::on)
        .ok_or(Error::NotFound)
}

/// Removes a bookmark.
///
/// # Errors
/// `NotFound` when there is no such status.
pub async fn unbookmark(app: &App, who: &Member, id: Id) -> Result<Deed> {
    let mut conn = app.pool.get().await?;
    store::bookmarks::remove(&mut conn, id, who.account_id())
        .await?
        .map(Deed::on)
        .ok_or(Error::NotFound)
}
