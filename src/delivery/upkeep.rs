//! What a timer does: rows that are too many or too old go, what was looked at long enough is
//! forgotten. What is held ends in `gate/outreach.rs`.

use chrono::TimeDelta;
use diesel_async::AsyncConnection;

use crate::app::App;
use crate::domain::{Error, Result};
use crate::store;

/// What was sent can be looked at for so long; longer than anything waits.
const KEPT: TimeDelta = TimeDelta::days(14);
/// The address of a follow that ended, likewise.
const ENDED_KEPT: TimeDelta = TimeDelta::days(14);

/// Does it, in portions.
///
/// # Errors
/// When the database cannot be asked.
pub async fn sweep(app: &App) -> Result<()> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        store::delivery_hosts::trim_full(conn, now).await?;
        Ok::<_, Error>(())
    })
    .await?;
    store::delivery_hosts::drop_late(&mut conn, now).await?;
    store::activities::sweep(&mut conn, now - KEPT).await?;
    store::deeds::sweep_ended_follows(&mut conn, now - ENDED_KEPT).await?;
    Ok(())
}
