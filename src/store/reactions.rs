//! Favourites (D13): each deed one statement, with its event.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, SmallInt, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use super::visibility::visible_to;
use crate::domain::event::EventKind;
use crate::domain::{Id, Result};

/// A status after a deed, with a count that includes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// The status; for a boost the boosted one.
    pub status: Id,
    /// How many there are now, this deed included.
    pub count: i64,
    /// Whether anything changed.
    pub changed: bool,
}

// The relay counts a moment later. So that the answer is right at once, up to a thousand are
// counted here; beyond that the relay's count will do.
macro_rules! favourites {
    () => {
        "CASE WHEN coalesce(st.favourites_count, 0) > 1000 THEN st.favourites_count ELSE \
         (SELECT count(*) FROM reactions r WHERE r.status_id = t.id AND r.emoji = '') END"
    };
}

const ADD: &str = concat!(
    "WITH p AS (SELECT ?::bigint AS status, ?::bigint AS viewer, ?::timestamptz AS at, ?::smallint AS event), ",
    "t AS (SELECT t.id FROM p JOIN statuses s ON s.id = p.status ",
    "JOIN statuses t ON t.id = coalesce(s.reblog_of_id, s.id) JOIN accounts a ON a.id = t.account_id WHERE ",
    visible_to!("t", "a"),
    "), did AS (INSERT INTO reactions (status_id, account_id, emoji, id, created_at) ",
    "SELECT t.id, p.viewer, '', next_id(p.at), p.at FROM t CROSS JOIN p ",
    "ON CONFLICT DO NOTHING RETURNING status_id), ",
    "told AS (INSERT INTO events (lane, kind, subject_id, actor_id, created_at) ",
    "SELECT 0, p.event, did.status_id, p.viewer, p.at FROM did CROSS JOIN p) ",
    "SELECT t.id, GREATEST(",
    favourites!(),
    " + (SELECT count(*) FROM did), coalesce(st.remote_favourites_count, 0)), ",
    "(SELECT count(*) FROM did) FROM t LEFT JOIN status_stats st ON st.status_id = t.id"
);

const REMOVE: &str = concat!(
    "WITH p AS (SELECT ?::bigint AS status, ?::bigint AS viewer, ?::timestamptz AS at, ?::smallint AS event), ",
    "t AS (SELECT coalesce(s.reblog_of_id, s.id) AS id FROM p JOIN statuses s ON s.id = p.status), ",
    "did AS (DELETE FROM reactions r USING p, t WHERE r.status_id = t.id AND r.account_id = p.viewer ",
    "AND r.emoji = '' RETURNING r.status_id, r.id), ",
    "told AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) ",
    "SELECT 0, p.event, did.status_id, p.viewer, did.id, p.at FROM did CROSS JOIN p) ",
    "SELECT t.id, GREATEST(",
    favourites!(),
    " - (SELECT count(*) FROM did), coalesce(st.remote_favourites_count, 0)), ",
    "(SELECT count(*) FROM did) FROM t LEFT JOIN status_stats st ON st.status_id = t.id"
);

/// Favourites what `account` may see; `None` when there is no such status for them. Doing it
/// again changes nothing.
pub async fn favourite(
    conn: &mut Conn,
    status: Id,
    account: Id,
    at: DateTime<Utc>,
) -> Result<Option<Counted>> {
    run(conn, ADD, EventKind::StatusFavourited, status, account, at).await
}

/// Takes a favourite back; `None` when there is no such status at all. Whether `account` may
/// (still) see it is not asked.
pub async fn unfavourite(
    conn: &mut Conn,
    status: Id,
    account: Id,
    at: DateTime<Utc>,
) -> Result<Option<Counted>> {
    run(
        conn,
        REMOVE,
        EventKind::FavouriteUndone,
        status,
        account,
        at,
    )
    .await
}

async fn run(
    conn: &mut Conn,
    statement: &'static str,
    event: EventKind,
    status: Id,
    account: Id,
    at: DateTime<Utc>,
) -> Result<Option<Counted>> {
    let row: Option<(Id, i64, i64)> = raw::<(BigInt, BigInt, BigInt)>(statement)
        .bind::<BigInt, _>(status)
        .bind::<BigInt, _>(account)
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(event as i16)
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(|(status, count, did)| Counted {
        status,
        count,
        changed: did > 0,
    }))
}
