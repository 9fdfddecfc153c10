//! What becomes of polls with time: they are counted, told elsewhere, and end. Each is one
//! statement that writes its events, so that a crash loses none and repeats none.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::sql_types::{Array, BigInt, SmallInt, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::event::EventKind;
use crate::domain::{Id, Result};

/// A poll that ended longer ago ends without a word: it was fetched as an old one.
const NEWS: TimeDelta = TimeDelta::days(7);

// The poll's row first, as those do who vote or replace its options.
const RECOUNT: &str = "\
    WITH p AS (SELECT ?::bigint[] AS ids, ?::timestamptz AS at), \
    mine AS MATERIALIZED (SELECT q.status_id FROM polls q JOIN statuses s ON s.id = q.status_id \
        JOIN accounts a ON a.id = s.account_id AND a.host_id IS NULL \
        WHERE q.status_id = ANY (SELECT unnest(p.ids) FROM p) ORDER BY q.status_id FOR UPDATE OF q), \
    counted AS (UPDATE poll_options o SET votes = (SELECT count(*) FROM poll_votes v \
            WHERE v.status_id = o.status_id AND v.position = o.position) \
        FROM mine WHERE o.status_id = mine.status_id) \
    UPDATE polls q SET voters = (SELECT count(DISTINCT v.account_id) FROM poll_votes v WHERE v.status_id = q.status_id), \
        changed_at = coalesce(q.changed_at, p.at) \
    FROM mine CROSS JOIN p WHERE q.status_id = mine.status_id";

/// Counts the votes of those polls that were asked here (D12); other servers are to hear of
/// them.
pub async fn recount(conn: &mut Conn, polls: Vec<Id>, at: DateTime<Utc>) -> Result<()> {
    if polls.is_empty() {
        return Ok(());
    }
    raw::<()>(RECOUNT)
        .bind::<Array<BigInt>, _>(polls)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(())
}

const TELL: &str = "\
    WITH p AS (SELECT ?::timestamptz AS at, ?::timestamptz AS before, ?::bigint AS most, ?::smallint AS event), \
    due AS MATERIALIZED (SELECT q.status_id FROM polls q CROSS JOIN p \
        WHERE q.changed_at IS NOT NULL AND (q.told_at IS NULL OR q.told_at <= p.before) \
        ORDER BY q.changed_at LIMIT (SELECT most FROM p) FOR UPDATE OF q SKIP LOCKED), \
    done AS (UPDATE polls q SET changed_at = NULL, told_at = p.at FROM due CROSS JOIN p \
        WHERE q.status_id = due.status_id RETURNING q.status_id), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, created_at) \
        SELECT 2, p.event, s.id, s.account_id, p.at FROM done JOIN statuses s ON s.id = done.status_id CROSS JOIN p) \
    SELECT count(*) FROM done";

/// Writes an event for each poll here with votes that other servers have not heard of, unless
/// they heard of it after `before`; gives how many, at most `most`.
pub async fn tell(
    conn: &mut Conn,
    before: DateTime<Utc>,
    most: i64,
    at: DateTime<Utc>,
) -> Result<i64> {
    let (told,): (i64,) = raw::<(BigInt,)>(TELL)
        .bind::<Timestamptz, _>(at)
        .bind::<Timestamptz, _>(before)
        .bind::<BigInt, _>(most)
        .bind::<SmallInt, _>(EventKind::PollChanged as i16)
        .get_result(conn)
        .await?;
    Ok(told)
}

// Of a poll elsewhere only those hear who voted here.
const END: &str = "\
    WITH p AS (SELECT ?::timestamptz AS at, ?::timestamptz AS since, ?::bigint AS most, ?::smallint AS event), \
    due AS MATERIALIZED (SELECT q.status_id FROM polls q CROSS JOIN p WHERE NOT q.closed AND q.ends_at <= p.at \
        ORDER BY q.ends_at LIMIT (SELECT most FROM p) FOR UPDATE OF q SKIP LOCKED), \
    done AS (UPDATE polls q SET closed = true, changed_at = NULL, told_at = p.at FROM due CROSS JOIN p \
        WHERE q.status_id = due.status_id RETURNING q.status_id, q.ends_at), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, created_at) \
        SELECT CASE WHEN a.host_id IS NULL THEN 0 ELSE 1 END, p.event, s.id, s.account_id, p.at \
        FROM done CROSS JOIN p JOIN statuses s ON s.id = done.status_id JOIN accounts a ON a.id = s.account_id \
        WHERE done.ends_at > p.since AND (a.host_id IS NULL \
            OR EXISTS (SELECT 1 FROM poll_votes v WHERE v.status_id = s.id)) ORDER BY done.ends_at) \
    SELECT count(*) FROM done";

/// Closes polls whose time is over, here and elsewhere, each with its event; gives how many,
/// at most `most`.
pub async fn end(conn: &mut Conn, most: i64, at: DateTime<Utc>) -> Result<i64> {
    let (ended,): (i64,) = raw::<(BigInt,)>(END)
        .bind::<Timestamptz, _>(at)
        .bind::<Timestamptz, _>(at - NEWS)
        .bind::<BigInt, _>(most)
        .bind::<SmallInt, _>(EventKind::PollEnded as i16)
        .get_result(conn)
        .await?;
    Ok(ended)
}
