//! How many are here.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::Result;

/// Numbers of the whole place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Members.
    pub users: i64,
    /// Members whose session or token was used since then.
    pub active: i64,
    /// What members posted and boosted, by the counters.
    pub statuses: i64,
    /// Other servers known.
    pub hosts: i64,
}

const USAGE: &str = "\
    WITH p AS (SELECT ?::timestamptz AS since) \
    SELECT (SELECT count(*) FROM users WHERE approved_at IS NOT NULL), \
    (SELECT count(*) FROM users u, p WHERE u.approved_at IS NOT NULL AND ( \
     EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = u.id AND s.last_seen_at >= p.since) \
     OR EXISTS (SELECT 1 FROM tokens t WHERE t.user_id = u.id AND coalesce(t.last_used_at, t.created_at) >= p.since))), \
    (SELECT coalesce(sum(st.statuses_count), 0)::bigint FROM users u JOIN account_stats st ON st.account_id = u.account_id), \
    (SELECT count(*) FROM hosts)";

/// Counts them; `since` is for the active ones.
pub async fn count(conn: &mut Conn, since: DateTime<Utc>) -> Result<Usage> {
    let (users, active, statuses, hosts): (i64, i64, i64, i64) =
        raw::<(BigInt, BigInt, BigInt, BigInt)>(USAGE)
            .bind::<Timestamptz, _>(since)
            .get_result(conn)
            .await?;
    Ok(Usage {
        users,
        active,
        statuses,
        hosts,
    })
}
