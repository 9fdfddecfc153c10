//! Statuses that are live here and wait to go out (D14).

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, SmallInt, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::event::EventKind;
use crate::domain::{Id, Result};

const RELEASE: &str = "\
    WITH p AS (SELECT ?::bigint AS status, ?::timestamptz AS at, ?::smallint AS event), \
    did AS (DELETE FROM outbound_holds h USING p, statuses s WHERE h.status_id = p.status AND s.id = h.status_id \
        RETURNING s.id, s.account_id) \
    INSERT INTO events (lane, kind, subject_id, actor_id, created_at) \
    SELECT 0, p.event, did.id, did.account_id, p.at FROM did CROSS JOIN p";

/// Lets a status go out, with its event; `false` when it is not held.
pub async fn release(conn: &mut Conn, status: Id, at: DateTime<Utc>) -> Result<bool> {
    let told = raw::<()>(RELEASE)
        .bind::<BigInt, _>(status)
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(EventKind::HoldReleased as i16)
        .execute(conn)
        .await?;
    Ok(told > 0)
}

const RELEASE_DUE: &str = "\
    WITH p AS (SELECT ?::timestamptz AS at, ?::smallint AS event), \
    did AS (DELETE FROM outbound_holds h USING p, statuses s WHERE h.status_id IN \
        (SELECT o.status_id FROM outbound_holds o WHERE o.until <= p.at ORDER BY o.until LIMIT 500) AND s.id = h.status_id \
        RETURNING s.id, s.account_id) \
    INSERT INTO events (lane, kind, subject_id, actor_id, created_at) \
    SELECT 0, p.event, did.id, did.account_id, p.at FROM did CROSS JOIN p ORDER BY did.id";

/// The same for all whose time is over, 500 at the most; gives how many there were.
pub async fn release_due(conn: &mut Conn, now: DateTime<Utc>) -> Result<usize> {
    Ok(raw::<()>(RELEASE_DUE)
        .bind::<Timestamptz, _>(now)
        .bind::<SmallInt, _>(EventKind::HoldReleased as i16)
        .execute(conn)
        .await?)
}
