//! Whether what should have left long ago still waits.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Bool, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::Result;

/// What waits for too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Overdue {
    /// Events that the relay did not take.
    pub events: bool,
    /// Mails.
    pub mails: bool,
    /// What webhooks should be told.
    pub hooks: bool,
}

/// What was written before `before` and still waits. One look at the head of each line.
pub async fn find(conn: &mut Conn, before: DateTime<Utc>) -> Result<Overdue> {
    let (events, mails, hooks) = raw::<(Bool, Bool, Bool)>(
        "WITH p AS (SELECT ?::timestamptz AS before) \
         SELECT EXISTS (SELECT 1 FROM (SELECT created_at FROM events ORDER BY id LIMIT 1) e \
                        WHERE e.created_at < p.before), \
                EXISTS (SELECT 1 FROM jobs j WHERE j.queue = 0 AND j.failed_at IS NULL \
                        AND j.created_at < p.before AND (j.run_at < p.before OR j.attempts > 0)), \
                EXISTS (SELECT 1 FROM jobs j WHERE j.queue = 2 AND j.failed_at IS NULL \
                        AND j.created_at < p.before AND (j.run_at < p.before OR j.attempts > 0)) \
         FROM p",
    )
    .bind::<Timestamptz, _>(before)
    .get_result(conn)
    .await?;
    Ok(Overdue {
        events,
        mails,
        hooks,
    })
}
