//! What jobs and timers ask: who gets which mail, what is old enough to go.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::desk_queue::let_in;
use super::raw::raw;
use crate::domain::{Id, Result};

/// How many applications wait for a decision, counted up to 1,000.
pub async fn waiting_applications(conn: &mut Conn) -> Result<i64> {
    let (count,): (i64,) = raw::<(BigInt,)>(
        "SELECT count(*) FROM (SELECT 1 FROM applications WHERE state = 1 LIMIT 1000) c",
    )
    .get_result(conn)
    .await?;
    Ok(count)
}

const STAFF: &str = concat!(
    "WITH p AS (SELECT ?::bigint[] AS ids) \
    SELECT u.id, min(a.id), m.told_at FROM p JOIN applications a ON a.id = ANY (p.ids) AND (a.state = 1 OR ",
    let_in!(),
    ") JOIN users u ON u.role > 0 AND u.disabled_at IS NULL AND u.email IS NOT NULL \
    LEFT JOIN staff_mails m ON m.user_id = u.id GROUP BY u.id, m.told_at LIMIT 1000"
);

/// The staff with an address, each with the first of these applications that waits, or was let in
/// unread, and when they were last told of one.
pub async fn staff_for(
    conn: &mut Conn,
    applications: Vec<Id>,
) -> Result<Vec<(Id, Id, Option<DateTime<Utc>>)>> {
    if applications.is_empty() {
        return Ok(Vec::new());
    }
    Ok(raw::<(BigInt, BigInt, Nullable<Timestamptz>)>(STAFF)
        .bind::<Array<BigInt>, _>(applications)
        .load(conn)
        .await?)
}

/// When somebody of the staff was last told of an application by mail.
pub async fn told_staff_at(conn: &mut Conn, user: Id) -> Result<Option<DateTime<Utc>>> {
    let rows: Vec<(DateTime<Utc>,)> =
        raw::<(Timestamptz,)>("SELECT told_at FROM staff_mails WHERE user_id = ?")
            .bind::<BigInt, _>(user)
            .load(conn)
            .await?;
    Ok(rows.into_iter().next().map(|(at,)| at))
}

/// Notes that they are told now.
pub async fn note_told_staff(conn: &mut Conn, user: Id, at: DateTime<Utc>) -> Result<()> {
    raw::<()>(
        "INSERT INTO staff_mails (user_id, told_at) VALUES (?, ?) \
         ON CONFLICT (user_id) DO UPDATE SET told_at = excluded.told_at",
    )
    .bind::<BigInt, _>(user)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(())
}

const NEWS: &str = "\
    WITH p AS (SELECT ?::bigint AS first, ?::timestamptz AS told) \
    SELECT a.id, u.username, (CASE WHEN a.appealed_at > coalesce(p.told, '-infinity') THEN 2 \
        WHEN EXISTS (SELECT 1 FROM application_messages m WHERE m.application_id = a.id AND m.kind = 1 \
            AND m.created_at > coalesce(p.told, '-infinity')) THEN 1 ELSE 0 END)::smallint \
    FROM p CROSS JOIN applications a JOIN users u ON u.id = a.user_id WHERE a.state = 1 \
    AND (a.id = p.first OR coalesce(a.confirmed_at, a.submitted_at) > p.told OR a.appealed_at > p.told \
        OR EXISTS (SELECT 1 FROM application_messages m WHERE m.application_id = a.id AND m.kind = 1 AND m.created_at > p.told)) \
    ORDER BY a.id DESC LIMIT 100";

/// Of the applications that wait, those with news since `told`, this one at the earliest where
/// nobody was told before: id, user name, and 0 for a new one, 1 for an answer, 2 for an
/// appeal. The newest application first, 100 at the most.
pub async fn news_since(
    conn: &mut Conn,
    first: Id,
    told: Option<DateTime<Utc>>,
) -> Result<Vec<(Id, String, i16)>> {
    Ok(raw::<(BigInt, Text, SmallInt)>(NEWS)
        .bind::<BigInt, _>(first)
        .bind::<Nullable<Timestamptz>, _>(told)
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

/// What one of the staff decided in a week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week {
    /// Who.
    pub name: String,
    /// How many they let in.
    pub approved: i64,
    /// How many they turned down.
    pub rejected: i64,
    /// How many that they let in, in 90 days, were switched off or suspended in that week.
    pub suspended: i64,
}

/// Decisions by person since then, most first; 100 people at the most.
pub async fn decisions_of_week(conn: &mut Conn, since: DateTime<Utc>) -> Result<Vec<Week>> {
    let rows: Vec<(String, i64, i64, i64)> = raw::<(Text, BigInt, BigInt, BigInt)>(
        "WITH p AS (SELECT ?::timestamptz AS since) \
         SELECT d.username, count(*) FILTER (WHERE a.state = 3 AND a.decided_at >= p.since), \
           count(*) FILTER (WHERE a.state = 4 AND a.decided_at >= p.since), \
           count(*) FILTER (WHERE a.state = 3 AND u.disabled_at >= p.since) \
         FROM applications a CROSS JOIN p JOIN users d ON d.id = a.decided_by JOIN users u ON u.id = a.user_id \
         WHERE a.decided_at >= p.since - interval '90 days' GROUP BY d.username \
         HAVING count(*) FILTER (WHERE a.decided_at >= p.since OR u.disabled_at >= p.since) > 0 \
         ORDER BY count(*) DESC, d.username LIMIT 100",
    )
    .bind::<Timestamptz, _>(since)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(name, approved, rejected, suspended)| Week {
            name,
            approved,
            rejected,
            suspended,
        })
        .collect())
}
