//! What other servers sent: taken in groups, done lane by lane, one lane a host.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{
    Array, BigInt, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel_async::{AsyncConnection, RunQueryDsl, SimpleAsyncConnection};
use serde_json::json;
use uuid::Uuid;

use super::raw::raw;
use super::{Conn, settings};
use crate::domain::{Id, Result};

/// The setting that says which generation of `received_activities_*` is written (D24).
const GENERATION: &str = "received_activities";
/// Activities that were given up and are kept for the desk; the oldest go first.
const MAX_FAILED: i64 = 10_000;

/// An activity that was verified.
#[derive(Debug, Clone, PartialEq)]
pub struct Received {
    /// Who signed it.
    pub account: Id,
    /// Their host: the lane.
    pub host: Id,
    /// What it is told apart by: no two of the same are taken within 15 days.
    pub uri_hash: Uuid,
    /// As it came.
    pub document: String,
}

/// Which of the two tables takes new ids; both are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    /// `received_activities_a`
    A,
    /// `received_activities_b`
    B,
}

impl Generation {
    fn name(self) -> &'static str {
        match self {
            Generation::A => "a",
            Generation::B => "b",
        }
    }

    fn other(self) -> Generation {
        match self {
            Generation::A => Generation::B,
            Generation::B => Generation::A,
        }
    }
}

// In the order of hashes, so that two processes cannot wait for each other; in the order of
// arrival into the inbox.
macro_rules! take {
    ($new:literal, $old:literal) => {
        concat!(
            "WITH p AS (SELECT ?::uuid[] AS hashes, ?::bigint[] AS hosts, ?::bigint[] AS accounts, \
             ?::text[] AS documents, ?::timestamptz AS at), \
             came AS (SELECT DISTINCT ON (u.hash) u.hash, u.host, u.account, u.document, u.place FROM p \
             CROSS JOIN LATERAL unnest(p.hashes, p.hosts, p.accounts, p.documents) \
             WITH ORDINALITY AS u (hash, host, account, document, place) ORDER BY u.hash, u.place), \
             new AS (INSERT INTO received_activities_",
            $new,
            " (uri_hash, received_at) SELECT c.hash, p.at FROM came c CROSS JOIN p \
             WHERE NOT EXISTS (SELECT 1 FROM received_activities_",
            $old,
            " o WHERE o.uri_hash = c.hash) ORDER BY c.hash ON CONFLICT DO NOTHING RETURNING uri_hash) \
             INSERT INTO inbox (host_id, account_id, uri_hash, document, run_at, received_at) \
             SELECT c.host, c.account, c.hash, c.document, p.at, p.at FROM came c CROSS JOIN p \
             WHERE c.hash IN (SELECT uri_hash FROM new) ORDER BY c.place"
        )
    };
}

const TAKE_A: &str = take!("a", "b");
const TAKE_B: &str = take!("b", "a");

/// Writes activities down, those that were not seen before; gives how many those are. One
/// statement.
pub async fn take(
    conn: &mut Conn,
    into: Generation,
    received: Vec<Received>,
    at: DateTime<Utc>,
) -> Result<usize> {
    let mut hashes = Vec::with_capacity(received.len());
    let mut hosts = Vec::with_capacity(received.len());
    let mut accounts = Vec::with_capacity(received.len());
    let mut documents = Vec::with_capacity(received.len());
    for one in received {
        hashes.push(one.uri_hash);
        hosts.push(one.host);
        accounts.push(one.account);
        documents.push(one.document);
    }
    let statement = match into {
        Generation::A => TAKE_A,
        Generation::B => TAKE_B,
    };
    Ok(raw::<()>(statement)
        .bind::<Array<SqlUuid>, _>(hashes)
        .bind::<Array<BigInt>, _>(hosts)
        .bind::<Array<BigInt>, _>(accounts)
        .bind::<Array<Text>, _>(documents)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?)
}

/// Which generation is written.
pub async fn generation(conn: &mut Conn) -> Result<Generation> {
    let value = settings::find(conn, GENERATION).await?;
    let name = value.as_ref().and_then(|value| value.get("generation"));
    Ok(match name.and_then(|name| name.as_str()) {
        Some("b") => Generation::B,
        _ => Generation::A,
    })
}

/// Empties the older generation and writes into it from now on, when the younger one was begun
/// before `begun_before`. Whether it did. For one process at a time.
pub async fn turn_generation(
    conn: &mut Conn,
    begun_before: DateTime<Utc>,
    at: DateTime<Utc>,
) -> Result<bool> {
    conn.transaction(async |conn| {
        let now = generation(conn).await?;
        let value = settings::find(conn, GENERATION).await?;
        let since = value
            .as_ref()
            .and_then(|value| value.get("since"))
            .and_then(|since| since.as_i64());
        let next = match since {
            Some(since) if since > begun_before.timestamp() => return Ok(false),
            Some(_) => now.other(),
            None => now,
        };
        if since.is_some() {
            // Whoever writes waits for a moment.
            conn.batch_execute(match next {
                Generation::A => "TRUNCATE received_activities_a",
                Generation::B => "TRUNCATE received_activities_b",
            })
            .await?;
        }
        let value = json!({ "generation": next.name(), "since": at.timestamp() });
        settings::set(conn, GENERATION, &value, at).await?;
        Ok(since.is_some())
    })
    .await
}

const WAITING: &str = "SELECT count(*) FROM \
    (SELECT 1 FROM inbox WHERE failed_at IS NULL LIMIT (SELECT ?::bigint)) AS some_of_it";

/// How many activities wait, counted up to `most`.
pub async fn waiting(conn: &mut Conn, most: i64) -> Result<i64> {
    let (count,): (i64,) = raw::<(BigInt,)>(WAITING)
        .bind::<BigInt, _>(most)
        .get_result(conn)
        .await?;
    Ok(count)
}

/// An activity to be done.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// `inbox.id`.
    pub id: i64,
    /// The lane.
    pub host: Id,
    /// `hosts.flags` of the lane, as they are now.
    pub host_flags: i32,
    /// Who signed it.
    pub account: Id,
    /// `accounts.uri` of them; `None` when they are gone by now.
    pub actor: Option<String>,
    /// `accounts.flags` of them, as they are now.
    pub actor_flags: i32,
    /// As it came.
    pub document: String,
    /// How often it was tried before.
    pub attempts: i16,
}

// Hops from host to host in the index, so that it costs as much as there are lanes, however
// long one of them is. Lanes behind the cursor first: each gets its turn. `low`: ids below are
// done, and not looked at though their entries stay in the index for a while.
const LANES: &str = "\
    WITH RECURSIVE p AS (SELECT ?::bigint AS low, ?::bigint[] AS busy, ?::bigint AS behind, ?::bigint AS most, \
      ?::bigint AS each, ?::timestamptz AS at), \
    lanes AS ( \
      (SELECT i.host_id FROM inbox i WHERE i.failed_at IS NULL ORDER BY i.host_id LIMIT 1) \
      UNION ALL \
      SELECT (SELECT i.host_id FROM inbox i WHERE i.failed_at IS NULL AND i.host_id > l.host_id \
              ORDER BY i.host_id LIMIT 1) FROM lanes l WHERE l.host_id IS NOT NULL), \
    chosen AS (SELECT l.host_id FROM lanes l CROSS JOIN p \
      WHERE l.host_id IS NOT NULL AND l.host_id <> ALL (p.busy) AND EXISTS (SELECT 1 FROM inbox i \
        WHERE i.failed_at IS NULL AND i.host_id = l.host_id AND i.id >= p.low AND i.run_at <= p.at) \
      ORDER BY l.host_id <= p.behind, l.host_id LIMIT (SELECT most FROM p)) \
    SELECT w.id, c.host_id, coalesce(h.flags, 0), w.account_id, a.uri, coalesce(a.flags, 0), w.document, w.attempts \
    FROM p CROSS JOIN chosen c CROSS JOIN LATERAL (SELECT i.* FROM inbox i \
      WHERE i.failed_at IS NULL AND i.host_id = c.host_id AND i.id >= p.low AND i.run_at <= p.at \
      ORDER BY i.id LIMIT (SELECT each FROM p)) w \
    LEFT JOIN hosts h ON h.id = c.host_id LEFT JOIN accounts a ON a.id = w.account_id \
    ORDER BY c.host_id <= p.behind, c.host_id, w.id";

type WaitingColumns = (
    BigInt,
    BigInt,
    Integer,
    BigInt,
    Nullable<Text>,
    Integer,
    Text,
    SmallInt,
);
type WaitingRow = (i64, Id, i32, Id, Option<String>, i32, String, i16);

/// Which lanes to look at.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// No activity with a smaller id waits.
    pub low: i64,
    /// Lanes that are being worked on.
    pub busy: Vec<Id>,
    /// Lanes of greater ids come first.
    pub behind: Id,
    /// Lanes at the most.
    pub lanes: i64,
    /// Activities of each at the most.
    pub each: i64,
}

/// The first activities that are due of some lanes, lane by lane, each in its order.
pub async fn lanes(conn: &mut Conn, turn: Turn, at: DateTime<Utc>) -> Result<Vec<Waiting>> {
    let rows: Vec<WaitingRow> = raw::<WaitingColumns>(LANES)
        .bind::<BigInt, _>(turn.low)
        .bind::<Array<BigInt>, _>(turn.busy)
        .bind::<BigInt, _>(turn.behind)
        .bind::<BigInt, _>(turn.lanes)
        .bind::<BigInt, _>(turn.each)
        .bind::<Timestamptz, _>(at)
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(
            |(id, host, host_flags, account, actor, actor_flags, document, attempts)| Waiting {
                id,
                host,
                host_flags,
                account,
                actor,
                actor_flags,
                document,
                attempts,
            },
        )
        .collect())
}

/// The smallest id that waits; `None` when nothing does.
pub async fn lowest(conn: &mut Conn) -> Result<Option<i64>> {
    let row: Option<(i64,)> =
        raw::<(BigInt,)>("SELECT id FROM inbox WHERE failed_at IS NULL ORDER BY id LIMIT 1")
            .get_result(conn)
            .await
            .optional()?;
    Ok(row.map(|(id,)| id))
}

/// They are done: the rows go.
pub async fn done(conn: &mut Conn, ids: Vec<i64>) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    raw::<()>("DELETE FROM inbox WHERE id = ANY (?)")
        .bind::<Array<BigInt>, _>(ids)
        .execute(conn)
        .await?;
    Ok(())
}

/// Another try at `run_at`, or, where `failed_at` says so, none.
pub async fn put_off(
    conn: &mut Conn,
    id: i64,
    run_at: DateTime<Utc>,
    failed_at: Option<DateTime<Utc>>,
    error: &str,
) -> Result<()> {
    raw::<()>(
        "UPDATE inbox SET attempts = attempts + 1, run_at = ?, failed_at = ?, last_error = ? WHERE id = ?",
    )
    .bind::<Timestamptz, _>(run_at)
    .bind::<Nullable<Timestamptz>, _>(failed_at)
    .bind::<Text, _>(error.chars().take(2000).collect::<String>())
    .bind::<BigInt, _>(id)
    .execute(conn)
    .await?;
    Ok(())
}

const FORGET: &str = "\
    WITH p AS (SELECT ?::timestamptz AS before, ?::bigint AS most) \
    DELETE FROM inbox WHERE id IN (SELECT i.id FROM inbox i, p WHERE i.failed_at < p.before LIMIT 1000) \
    OR id IN (SELECT i.id FROM inbox i WHERE i.failed_at IS NOT NULL ORDER BY i.failed_at DESC \
              OFFSET (SELECT most FROM p) LIMIT 1000)";

/// Forgets activities that were given up before `before`, and the oldest of more than 10,000;
/// a thousand of each at a time.
pub async fn delete_failed(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize> {
    Ok(raw::<()>(FORGET)
        .bind::<Timestamptz, _>(before)
        .bind::<BigInt, _>(MAX_FAILED)
        .execute(conn)
        .await?)
}
