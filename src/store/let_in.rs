//! Who came in through an open door, without anybody's decision: what they wrote is read
//! afterwards.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::desk_queue::{let_in, unread};
use super::raw::raw;
use crate::domain::{Id, Result};

/// Marks those of these as read that nobody read yet; gives them.
pub async fn mark_read(conn: &mut Conn, ids: &[Id], by: Id, at: DateTime<Utc>) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = raw::<(BigInt,)>(concat!(
        "WITH p AS (SELECT ?::bigint[] AS ids, ?::bigint AS who, ?::timestamptz AS at) \
         UPDATE applications a SET read_at = p.at, read_by = p.who FROM p WHERE a.id = ANY (p.ids) AND ",
        let_in!(),
        " RETURNING a.id"
    ))
    .bind::<Array<BigInt>, _>(ids.to_vec())
    .bind::<BigInt, _>(by)
    .bind::<Timestamptz, _>(at)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Takes the mark from those of these that have it; gives them.
pub async fn mark_unread(conn: &mut Conn, ids: &[Id]) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = raw::<(BigInt,)>(
        "UPDATE applications a SET read_at = NULL, read_by = NULL WHERE a.id = ANY (?) AND a.read_at IS NOT NULL \
         AND a.state = 3 AND a.mode = 0 AND a.decided_by IS NULL AND a.snapshot_hash IS NULL RETURNING a.id",
    )
    .bind::<Array<BigInt>, _>(ids.to_vec())
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Whether nobody read this one yet, and the next one behind it, the oldest first.
pub async fn unread(conn: &mut Conn, id: Id, at: DateTime<Utc>) -> Result<(bool, Option<Id>)> {
    let rows: Vec<(Id,)> = raw::<(BigInt,)>(concat!(
        "WITH p AS (SELECT ?::bigint AS id, ?::timestamptz AS at) SELECT a.id FROM applications a \
         WHERE a.id >= (SELECT id FROM p) AND ",
        unread!(),
        " ORDER BY a.id LIMIT 2"
    ))
    .bind::<BigInt, _>(id)
    .bind::<Timestamptz, _>(at)
    .load(conn)
    .await?;
    let itself = rows.iter().any(|(row,)| *row == id);
    Ok((
        itself,
        rows.into_iter().map(|(row,)| row).find(|row| *row != id),
    ))
}

/// How many nobody read yet, counted up to 1,000.
pub async fn count(conn: &mut Conn, at: DateTime<Utc>) -> Result<i64> {
    let (count,): (i64,) = raw::<(BigInt,)>(concat!(
        "WITH p AS (SELECT ?::timestamptz AS at) SELECT count(*) FROM (SELECT 1 FROM applications a WHERE ",
        unread!(),
        " LIMIT 1000) c"
    ))
    .bind::<Timestamptz, _>(at)
    .get_result(conn)
    .await?;
    Ok(count)
}

const NEWS: &str = concat!(
    "WITH p AS (SELECT ?::bigint AS first, ?::timestamptz AS told, ?::timestamptz AS at) \
     SELECT a.id, w.username FROM p CROSS JOIN applications a JOIN users w ON w.id = a.user_id WHERE ",
    unread!(),
    " AND (a.id = p.first OR a.decided_at > p.told) ORDER BY a.id DESC LIMIT 100"
);

/// Who was let in since `told` and is unread, this one at the least: id and user name, the newest
/// first, 100 at the most.
pub async fn news_since(
    conn: &mut Conn,
    first: Id,
    told: Option<DateTime<Utc>>,
    at: DateTime<Utc>,
) -> Result<Vec<(Id, String)>> {
    use diesel::sql_types::Nullable;
    Ok(raw::<(BigInt, Text)>(NEWS)
        .bind::<BigInt, _>(first)
        .bind::<Nullable<Timestamptz>, _>(told)
        .bind::<Timestamptz, _>(at)
        .load(conn)
        .await?)
}
