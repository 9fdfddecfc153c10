//! Muting a thread: no notifications from it.

use super::deed::Deed;
use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::gate::Member;
use crate::store;

/// Mutes the thread of a status, or ends that.
///
/// # Errors
/// `NotFound` when the member may not see the status; `Invalid` when it has no thread.
pub async fn set_muted(app: &App, who: &Member, id: Id, muted: bool) -> Result<Deed> {
    let mut conn = app.pool.get().await?;
    match store::conversation_mutes::set(&mut conn, id, who.account_id(), muted).await? {
        Some((status, true)) => Ok(Deed::on(status)),
        Some((_, false)) => Err(Error::invalid(
            "This post has no thread that could be muted.",
        )),
        None => Err(Error::NotFound),
    }
}
