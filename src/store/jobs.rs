//! Jobs: what leaves the machine or may fail. Rows go in with the events they come from, are
//! claimed under a lease, and deleted when done.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::sql_types::{Array, BigInt, Jsonb, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use super::Conn;
use super::raw::raw;
use crate::domain::Result;

/// `jobs.queue`: mails.
pub const MAIL: i16 = 0;
/// `jobs.queue`: long errands of the house; they are never given up.
pub const ERRANDS: i16 = 1;
/// `jobs.queue`: what webhooks are told.
pub const HOOKS: i16 = 2;

/// A job that was claimed.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed {
    /// Its id.
    pub id: i64,
    /// What to do.
    pub payload: Value,
    /// How often it was tried, this time included.
    pub attempts: i16,
}

const INSERT: &str = "\
    WITH p AS (SELECT ?::smallint AS queue, ?::smallint AS priority, ?::text[] AS keys, ?::jsonb AS payloads, ?::timestamptz AS at) \
    INSERT INTO jobs (queue, priority, key, payload, run_at, created_at) \
    SELECT p.queue, p.priority, k.key, p.payloads->(k.place::int - 1), p.at, p.at \
    FROM p CROSS JOIN LATERAL unnest(p.keys) WITH ORDINALITY AS k (key, place) ON CONFLICT DO NOTHING";

/// `jobs.priority`: before all others of the queue.
pub const FIRST: i16 = 0;
/// `jobs.priority`: when nothing is left that goes first.
pub const THEN: i16 = 1;
/// `jobs.priority`: what goes to everybody, behind all others.
pub const LAST: i16 = 2;

/// Adds jobs, due at `at`; one that waits under the same key already is not added again.
pub async fn insert(
    conn: &mut Conn,
    queue: i16,
    jobs: Vec<(String, Value)>,
    at: DateTime<Utc>,
) -> Result<()> {
    insert_ranked(conn, queue, FIRST, jobs, at).await
}

/// The same with a priority: [`FIRST`], [`THEN`] or [`LAST`].
pub async fn insert_ranked(
    conn: &mut Conn,
    queue: i16,
    priority: i16,
    jobs: Vec<(String, Value)>,
    at: DateTime<Utc>,
) -> Result<()> {
    if jobs.is_empty() {
        return Ok(());
    }
    let (keys, payloads): (Vec<String>, Vec<Value>) = jobs.into_iter().unzip();
    raw::<()>(INSERT)
        .bind::<SmallInt, _>(queue)
        .bind::<SmallInt, _>(priority)
        .bind::<Array<Text>, _>(keys)
        .bind::<Jsonb, _>(Value::Array(payloads))
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(())
}

const CLAIM: &str = "\
    WITH p AS (SELECT ?::smallint AS queue, ?::smallint AS rank, ?::timestamptz AS at, ?::timestamptz AS until, ?::uuid AS holder, ?::bigint AS most), \
    c AS (UPDATE jobs j SET locked_until = p.until, locked_by = p.holder, attempts = j.attempts + 1 FROM p \
    WHERE j.id IN (SELECT d.id FROM jobs d, p WHERE d.queue = p.queue AND d.priority <= p.rank AND d.failed_at IS NULL AND d.run_at <= p.at \
    AND (d.locked_until IS NULL OR d.locked_until < p.at) \
    ORDER BY d.priority, d.run_at, d.id LIMIT (SELECT most FROM p) FOR UPDATE SKIP LOCKED) \
    RETURNING j.*) SELECT id, payload, attempts FROM c ORDER BY priority, run_at, id";

/// Claims up to `most` jobs that are due, in their order, for `lease`: after that they are
/// anybody's again.
/// With the rank [`FIRST`] only those that go first, with [`LAST`] all.
pub async fn claim(
    conn: &mut Conn,
    (queue, rank): (i16, i16),
    holder: Uuid,
    most: i64,
    lease: TimeDelta,
    at: DateTime<Utc>,
) -> Result<Vec<Claimed>> {
    let rows: Vec<(i64, Value, i16)> = raw::<(BigInt, Jsonb, SmallInt)>(CLAIM)
        .bind::<SmallInt, _>(queue)
        .bind::<SmallInt, _>(rank)
        .bind::<Timestamptz, _>(at)
        .bind::<Timestamptz, _>(at + lease)
        .bind::<SqlUuid, _>(holder)
        .bind::<BigInt, _>(most)
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, payload, attempts)| Claimed {
            id,
            payload,
            attempts,
        })
        .collect())
}

/// It is done: the row goes.
pub async fn done(conn: &mut Conn, id: i64, holder: Uuid) -> Result<()> {
    raw::<()>("DELETE FROM jobs WHERE id = ? AND locked_by = ?")
        .bind::<BigInt, _>(id)
        .bind::<SqlUuid, _>(holder)
        .execute(conn)
        .await?;
    Ok(())
}

/// Another try at `run_at`.
pub async fn put_off(
    conn: &mut Conn,
    id: i64,
    holder: Uuid,
    run_at: DateTime<Utc>,
    error: &str,
) -> Result<()> {
    raw::<()>("UPDATE jobs SET run_at = ?, locked_until = NULL, locked_by = NULL, last_error = ? WHERE id = ? AND locked_by = ?")
        .bind::<Timestamptz, _>(run_at)
        .bind::<Text, _>(short(error))
        .bind::<BigInt, _>(id)
        .bind::<SqlUuid, _>(holder)
        .execute(conn)
        .await?;
    Ok(())
}

/// Given up: the row stays for the desk.
pub async fn give_up(
    conn: &mut Conn,
    id: i64,
    holder: Uuid,
    at: DateTime<Utc>,
    error: &str,
) -> Result<()> {
    raw::<()>("UPDATE jobs SET failed_at = ?, locked_until = NULL, last_error = ? WHERE id = ? AND locked_by = ?")
        .bind::<Timestamptz, _>(at)
        .bind::<Text, _>(short(error))
        .bind::<BigInt, _>(id)
        .bind::<SqlUuid, _>(holder)
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets jobs that were given up before `before`.
pub async fn delete_failed(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize> {
    Ok(raw::<()>(
        "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE failed_at < ? LIMIT 1000)",
    )
    .bind::<Timestamptz, _>(before)
    .execute(conn)
    .await?)
}

fn short(error: &str) -> String {
    error.chars().take(500).collect()
}
