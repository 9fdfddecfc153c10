//! What time does: uses written down, leftovers deleted. Timers call these.

use chrono::TimeDelta;

use crate::app::App;
use crate::domain::Result;
use crate::store;

/// An app that nobody used for so long after it registered is forgotten.
const UNUSED_APP: TimeDelta = TimeDelta::days(2);
/// Revoked tokens, used codes and links are kept so long, to be told from unknown ones.
const KEPT: TimeDelta = TimeDelta::days(7);

/// Deletes what ended: sessions, revoked tokens, codes, links, unused apps; a thousand of
/// each at the most. Gives how many rows went: call again when that was many. Once an hour
/// is enough.
pub async fn sweep(app: &App) -> Result<usize> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let conn = &mut conn;
    let mut gone = store::sessions::delete_expired(conn, now).await?;
    gone += store::tokens::delete_codes(conn, now - KEPT).await?;
    gone += store::tokens::delete_revoked(conn, now - KEPT).await?;
    gone += store::links::delete_expired(conn, now - KEPT).await?;
    gone += store::second_factor::delete_steps(conn, now).await?;
    let long_ago = now - store::conflicts::REMEMBERED;
    gone += store::conflicts::forget_networks(conn, long_ago).await?;
    gone += store::sessions::forget_networks(conn, long_ago).await?;
    gone += store::apps::delete_unused(conn, now - UNUSED_APP).await?;
    Ok(gone)
}
