//! What happened while nobody was home: for the page that receives who comes back.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use super::waiting::since;
use crate::domain::{Id, Result};

/// Who became a member since then, newest first: names with the moment, `most` of them.
pub async fn joined(
    conn: &mut Conn,
    since: DateTime<Utc>,
    most: i64,
) -> Result<Vec<(String, DateTime<Utc>)>> {
    Ok(raw::<(Text, Timestamptz)>(
        "SELECT username, approved_at FROM users WHERE approved_at >= ? AND disabled_at IS NULL \
         ORDER BY approved_at DESC, id DESC LIMIT ?",
    )
    .bind::<Timestamptz, _>(since)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?)
}

/// What waits at the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waits {
    /// Who became a member since then; up to 1,001.
    pub joined: i64,
    /// Who applied since then, whatever became of it; up to 1,001.
    pub applied: i64,
    /// Reports that nobody closed; up to 1,001.
    pub reports: i64,
    /// Members who are not established: what they send to strangers may wait; up to 1,001.
    pub unknown: i64,
}

/// Counts it.
pub async fn waits(conn: &mut Conn, since: DateTime<Utc>) -> Result<Waits> {
    let (joined, applied, reports, unknown) = raw::<(BigInt, BigInt, BigInt, BigInt)>(
        "WITH p AS (SELECT ?::timestamptz AS since) SELECT \
         (SELECT count(*) FROM (SELECT 1 FROM users u, p WHERE u.approved_at >= p.since AND u.disabled_at IS NULL LIMIT 1001) c), \
         (SELECT count(*) FROM (SELECT 1 FROM applications a, p WHERE a.submitted_at >= p.since AND a.state <> 0 LIMIT 1001) c), \
         (SELECT count(*) FROM (SELECT 1 FROM reports WHERE closed_at IS NULL LIMIT 1001) c), \
         (SELECT count(*) FROM (SELECT 1 FROM users u JOIN accounts a ON a.id = u.account_id AND a.flags & 2 = 0 \
             LEFT JOIN author_standing s ON s.account_id = u.account_id \
             WHERE u.approved_at IS NOT NULL AND u.disabled_at IS NULL AND u.role = 0 \
               AND s.established_at IS NULL LIMIT 1001) c) FROM p",
    )
    .bind::<Timestamptz, _>(since)
    .get_result(conn)
    .await?;
    Ok(Waits {
        joined,
        applied,
        reports,
        unknown,
    })
}

/// Applications in the queue that have waited since before `before`, the longest first.
pub async fn old_applications(
    conn: &mut Conn,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
    most: i64,
) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = raw::<(BigInt,)>(concat!(
        "WITH p AS (SELECT ?::timestamptz AS before, ?::timestamptz AS now, ?::bigint AS most) \
         SELECT id FROM (SELECT a.id, greatest(a.response_from, ",
        since!(),
        ") AS since FROM applications a, p WHERE a.state = 1 AND a.lane IN (0, 1) \
             AND (a.put_off_until IS NULL OR a.put_off_until <= p.now)) q, p WHERE q.since < p.before \
         ORDER BY q.since, q.id LIMIT (SELECT most FROM p)"
    ))
    .bind::<Timestamptz, _>(before)
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The application in the queue that waits longest, as the response clock counts it.
pub async fn oldest_in_queue(conn: &mut Conn, now: DateTime<Utc>) -> Result<Option<Id>> {
    Ok(old_applications(conn, now, now, 1).await?.pop())
}

/// Notes that the staff have until so much later to answer: once for each application, and only
/// while it waits in the queue. Gives those that were not given it before.
pub async fn give_time(
    conn: &mut Conn,
    applications: &[Id],
    response_from: DateTime<Utc>,
) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = raw::<(BigInt,)>(
        "WITH p AS (SELECT ?::bigint[] AS ids, ?::timestamptz AS since) \
         UPDATE applications a SET response_from = p.since FROM p \
         WHERE a.id = ANY (p.ids) AND a.state = 1 AND a.response_from IS NULL RETURNING a.id",
    )
    .bind::<diesel::sql_types::Array<BigInt>, _>(applications.to_vec())
    .bind::<Timestamptz, _>(response_from)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// What somebody who is not of the staff decided since then, as a deputy: name, yes, no.
pub async fn decided_by_deputies(
    conn: &mut Conn,
    since: DateTime<Utc>,
) -> Result<Vec<(String, i64, i64)>> {
    Ok(raw::<(Text, BigInt, BigInt)>(
        "SELECT u.username, count(*) FILTER (WHERE a.state = 3), count(*) FILTER (WHERE a.state = 4) \
         FROM applications a JOIN users u ON u.id = a.decided_by AND u.role = 0 \
         WHERE a.decided_at >= ? AND a.state IN (3, 4) GROUP BY u.username ORDER BY u.username LIMIT 20",
    )
    .bind::<Timestamptz, _>(since)
    .load(conn)
    .await?)
}
