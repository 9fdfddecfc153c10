//! `destructive_acts`: how many of them one person did lately, and those that wait.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::sql_types::{BigInt, Bool, Jsonb, Nullable, Text, Timestamptz};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;
use serde_json::Value;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};
use crate::model::audit::DestructiveAct;
use crate::model::schema::destructive_acts;

/// The most that wait are listed.
const LISTED: i64 = 200;

/// Counts one act of this user, if there were fewer than `most` within the hour before `now`;
/// `false` otherwise. One at a time for each user, to the end of the transaction.
pub async fn count(
    conn: &mut Conn,
    user: Id,
    act: &str,
    most: i64,
    now: DateTime<Utc>,
) -> Result<bool> {
    raw::<(Text,)>(
        "SELECT pg_advisory_xact_lock(1094929752, (?::bigint % 2147483647)::integer)::text",
    )
    .bind::<BigInt, _>(user)
    .get_result::<(String,)>(conn)
    .await?;
    let (counted,): (bool,) = raw::<(Bool,)>(
        "WITH p AS (SELECT ?::bigint AS login, ?::text AS act, ?::bigint AS most, ?::timestamptz AS since, \
            ?::timestamptz AS now), \
         before AS (SELECT count(*) AS n FROM destructive_acts d, p \
            WHERE d.actor_id = p.login AND d.created_at > p.since), \
         done AS (INSERT INTO destructive_acts (actor_id, act, created_at) \
            SELECT p.login, p.act, p.now FROM p, before WHERE before.n < p.most RETURNING id) \
         SELECT EXISTS (SELECT FROM done)",
    )
    .bind::<BigInt, _>(user)
    .bind::<Text, _>(act.to_owned())
    .bind::<BigInt, _>(most)
    .bind::<Timestamptz, _>(now - TimeDelta::hours(1))
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await?;
    Ok(counted)
}

/// Writes down an act that waits; gives its id.
pub async fn hold(
    conn: &mut Conn,
    user: Id,
    act: &str,
    wish: &Value,
    words: &str,
    now: DateTime<Utc>,
    due: DateTime<Utc>,
) -> Result<i64> {
    let (id,): (i64,) = raw::<(BigInt,)>(
        "INSERT INTO destructive_acts (actor_id, act, wish, words, created_at, due_at) \
         VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
    )
    .bind::<BigInt, _>(user)
    .bind::<Text, _>(act.to_owned())
    .bind::<Jsonb, _>(wish.clone())
    .bind::<Text, _>(words.chars().take(500).collect::<String>())
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(due)
    .get_result(conn)
    .await?;
    Ok(id)
}

/// One that waits or waited.
pub async fn find(conn: &mut Conn, id: i64) -> Result<Option<DestructiveAct>> {
    Ok(destructive_acts::table
        .find(id)
        .filter(destructive_acts::due_at.is_not_null())
        .select(DestructiveAct::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The same, locked to the end of the transaction: whoever stops it waits for whoever does it.
pub async fn lock(conn: &mut Conn, id: i64) -> Result<Option<DestructiveAct>> {
    Ok(destructive_acts::table
        .find(id)
        .filter(destructive_acts::due_at.is_not_null())
        .select(DestructiveAct::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()?)
}

/// Those that wait, and those that waited, newest first.
pub async fn list(conn: &mut Conn) -> Result<Vec<DestructiveAct>> {
    Ok(destructive_acts::table
        .filter(destructive_acts::due_at.is_not_null())
        .order(destructive_acts::id.desc())
        .limit(LISTED)
        .select(DestructiveAct::as_select())
        .load(conn)
        .await?)
}

/// Ends one: `by` stopped it, or time did it.
pub async fn end(
    conn: &mut Conn,
    id: i64,
    by: Option<Id>,
    outcome: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let outcome: String = outcome.chars().take(1000).collect();
    diesel::update(destructive_acts::table.find(id))
        .set((
            destructive_acts::ended_at.eq(now),
            destructive_acts::ended_by.eq(by),
            destructive_acts::outcome.eq(outcome),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends all of somebody's that wait; gives how many.
pub async fn end_all(
    conn: &mut Conn,
    user: Id,
    outcome: &str,
    now: DateTime<Utc>,
) -> Result<usize> {
    Ok(raw::<()>(
        "WITH p AS (SELECT ?::bigint AS login, ?::text AS outcome, ?::timestamptz AS now) \
         UPDATE destructive_acts d SET ended_at = p.now, outcome = p.outcome FROM p \
         WHERE d.actor_id = p.login AND d.due_at IS NOT NULL AND d.ended_at IS NULL",
    )
    .bind::<BigInt, _>(user)
    .bind::<Nullable<Text>, _>(Some(outcome.to_owned()))
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?)
}

/// Forgets those of before, 1,000 at the most; gives how many.
pub async fn forget(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize> {
    Ok(raw::<()>(
        "DELETE FROM destructive_acts WHERE id IN (SELECT id FROM destructive_acts \
         WHERE created_at < ? AND (due_at IS NULL OR ended_at IS NOT NULL) ORDER BY created_at LIMIT 1000)",
    )
    .bind::<Timestamptz, _>(before)
    .execute(conn)
    .await?)
}
