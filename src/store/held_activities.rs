//! Inbound and held (D14): the raw document, nothing made of it; release = receive again.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Nullable, SmallInt, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};

/// Activities of one host that are held; beyond, new ones are dropped.
pub const MOST: i64 = 10_000;
/// Activities that are released in one statement.
const AT_ONCE: i64 = 500;

/// `held_activities.reason`: all of its host is held.
pub const HOST: i16 = 0;
/// Its author is.
pub const ACTOR: i16 = 1;

const HOLD: &str = "\
    WITH p AS (SELECT ?::bigint AS id, ?::smallint AS reason, ?::timestamptz AS until, ?::bigint AS most), \
    gone AS (DELETE FROM inbox i USING p WHERE i.id = p.id \
      RETURNING i.uri_hash, i.host_id, i.account_id, i.document, i.received_at) \
    INSERT INTO held_activities (uri_hash, host_id, actor_uri, document, reason, received_at, until) \
    SELECT g.uri_hash, g.host_id, a.uri, g.document, p.reason, g.received_at, p.until \
    FROM gone g CROSS JOIN p JOIN accounts a ON a.id = g.account_id AND a.uri IS NOT NULL \
    WHERE (SELECT count(*) FROM held_activities h WHERE h.host_id = g.host_id) < p.most \
    ON CONFLICT DO NOTHING";

/// Moves an activity out of the inbox, to be held; until when, or until somebody decides.
/// Whether it is held: not when its host has [`MOST`] already, then it is dropped.
pub async fn hold(
    conn: &mut Conn,
    inbox: i64,
    reason: i16,
    until: Option<DateTime<Utc>>,
) -> Result<bool> {
    let held = raw::<()>(HOLD)
        .bind::<BigInt, _>(inbox)
        .bind::<SmallInt, _>(reason)
        .bind::<Nullable<Timestamptz>, _>(until)
        .bind::<BigInt, _>(MOST)
        .execute(conn)
        .await?;
    Ok(held > 0)
}

const RELEASE: &str = "\
    WITH p AS (SELECT ?::bigint AS host, ?::timestamptz AS at, ?::bigint AS most), \
    gone AS (DELETE FROM held_activities WHERE id IN \
      (SELECT h.id FROM held_activities h, p WHERE h.host_id = p.host ORDER BY h.id LIMIT (SELECT most FROM p)) \
      RETURNING id, uri_hash, host_id, actor_uri, document, received_at) \
    INSERT INTO inbox (host_id, account_id, uri_hash, document, run_at, received_at) \
    SELECT g.host_id, a.id, g.uri_hash, g.document, p.at, g.received_at \
    FROM gone g CROSS JOIN p JOIN accounts a ON a.uri = g.actor_uri AND a.host_id = g.host_id ORDER BY g.id";

/// Receives what is held of a host again, 500 at a time, in its order; gives how many were
/// put into the inbox. Those whose author is gone by now are dropped.
pub async fn release(conn: &mut Conn, host: Id, at: DateTime<Utc>) -> Result<usize> {
    Ok(raw::<()>(RELEASE)
        .bind::<BigInt, _>(host)
        .bind::<Timestamptz, _>(at)
        .bind::<BigInt, _>(AT_ONCE)
        .execute(conn)
        .await?)
}

const RELEASE_ACTORS: &str = "\
    WITH p AS (SELECT ?::integer AS flag, ?::timestamptz AS at, ?::bigint AS most), \
    gone AS (DELETE FROM held_activities WHERE id IN \
      (SELECT h.id FROM held_activities h CROSS JOIN p WHERE h.reason = 1 AND NOT EXISTS \
         (SELECT 1 FROM accounts a WHERE a.uri = h.actor_uri AND a.flags & p.flag <> 0) \
       ORDER BY h.id LIMIT (SELECT most FROM p)) \
      RETURNING id, uri_hash, host_id, actor_uri, document, received_at) \
    INSERT INTO inbox (host_id, account_id, uri_hash, document, run_at, received_at) \
    SELECT g.host_id, a.id, g.uri_hash, g.document, p.at, g.received_at \
    FROM gone g CROSS JOIN p JOIN accounts a ON a.uri = g.actor_uri AND a.host_id = g.host_id ORDER BY g.id";

/// Receives again what is held of authors whom nothing holds any more (`flag` is clear), 500 at a
/// time, in its order; gives how many were put into the inbox. Of authors who are gone by now it is
/// dropped.
pub async fn release_actors(conn: &mut Conn, flag: i32, at: DateTime<Utc>) -> Result<usize> {
    Ok(raw::<()>(RELEASE_ACTORS)
        .bind::<diesel::sql_types::Integer, _>(flag)
        .bind::<Timestamptz, _>(at)
        .bind::<BigInt, _>(AT_ONCE)
        .execute(conn)
        .await?)
}

/// Drops what nobody decided about in time; a thousand at a time.
pub async fn expire(conn: &mut Conn, now: DateTime<Utc>) -> Result<usize> {
    Ok(raw::<()>(
        "DELETE FROM held_activities WHERE id IN \
         (SELECT id FROM held_activities WHERE until < ? LIMIT 1000)",
    )
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?)
}

/// Hosts of which something is held though nothing holds them any more (`flag` is clear), a
/// hundred at the most.
pub async fn to_release(conn: &mut Conn, flag: i32) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = raw::<(BigInt,)>(
        "SELECT h.id FROM hosts h WHERE h.flags & ? = 0 \
         AND EXISTS (SELECT 1 FROM held_activities a WHERE a.host_id = h.id AND a.reason = 0) LIMIT 100",
    )
    .bind::<diesel::sql_types::Integer, _>(flag)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
