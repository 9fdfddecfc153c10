//! What jobs and timers ask: who gets which mail, what is old enough to go.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};

/// How many applications wait for a decision.
pub async fn waiting_applications(conn: &mut Conn) -> Result<i64> {
    let (count,): (i64,) = raw::<(BigInt,)>("SELECT count(*) FROM applications WHERE state = 1")
        .get_result(conn)
        .await?;
    Ok(count)
}

const STAFF: &str = "\
    WITH p AS (SELECT ?::bigint[] AS ids) \
    SELECT ap.id, u.id FROM p JOIN applications ap ON ap.id = ANY (p.ids) AND ap.state = 1 \
    JOIN users u ON u.role > 0 AND u.disabled_at IS NULL AND u.email IS NOT NULL \
    ORDER BY ap.id LIMIT 1000";

/// Pairs of an application that waits and a user of the staff with an address.
pub async fn staff_for(conn: &mut Conn, applications: Vec<Id>) -> Result<Vec<(Id, Id)>> {
    if applications.is_empty() {
        return Ok(Vec::new());
    }
    Ok(raw::<(BigInt, BigInt)>(STAFF)
        .bind::<Array<BigInt>, _>(applications)
        .load(conn)
        .await?)
}

const OLD_KEYS: &str = "DELETE FROM idempotency_keys WHERE (user_id, key) IN \
    (SELECT user_id, key FROM idempotency_keys WHERE created_at < ? LIMIT 1000)";
const OLD_STONES: &str = "DELETE FROM tombstones WHERE uri_hash IN (SELECT uri_hash FROM tombstones WHERE until < ? LIMIT 1000)";
const OLD_GRAVES: &str =
    "DELETE FROM graveyard WHERE id IN (SELECT id FROM graveyard WHERE until < ? LIMIT 1000)";

/// Deletes a thousand at the most of each: idempotency keys from before `keys_before`,
/// tombstones and graves whose time is over at `now`. Gives how many went.
pub async fn sweep(
    conn: &mut Conn,
    keys_before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<usize> {
    let mut gone = 0;
    for (sql, at) in [
        (OLD_KEYS, keys_before),
        (OLD_STONES, now),
        (OLD_GRAVES, now),
    ] {
        gone += raw::<()>(sql)
            .bind::<Timestamptz, _>(at)
            .execute(conn)
            .await?;
    }
    Ok(gone)
}
