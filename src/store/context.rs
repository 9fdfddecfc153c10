//! Threads (D11): up by the parents, down by the replies, both with limits.

use diesel::sql_types::{BigInt, Integer, Nullable};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use super::visibility::met_by;
use crate::domain::{Id, Result};

const ANCESTORS: &str = "\
    WITH RECURSIVE up (id, depth) AS ( \
    SELECT s.in_reply_to_id, 1 FROM statuses s WHERE s.id = ? AND s.in_reply_to_id IS NOT NULL \
    UNION ALL \
    SELECT s.in_reply_to_id, up.depth + 1 FROM up JOIN statuses s ON s.id = up.id \
    WHERE s.in_reply_to_id IS NOT NULL AND up.depth < ?) \
    SELECT id FROM up ORDER BY depth DESC";

/// What a status answers, and what that answers…; the first of the thread first, `most` at
/// the most, nearest kept.
pub async fn ancestors(conn: &mut Conn, id: Id, most: i32) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = raw::<(BigInt,)>(ANCESTORS)
        .bind::<BigInt, _>(id)
        .bind::<Integer, _>(most)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

const DESCENDANTS: &str = concat!(
    "WITH RECURSIVE p AS (SELECT ?::bigint AS root, ?::int AS deepest, ?::bigint AS viewer), ",
    "down (id, parent, author, depth) AS ( ",
    "SELECT s.id, s.in_reply_to_id, s.account_id, 1 FROM p JOIN statuses s ON s.in_reply_to_id = p.root ",
    "UNION ALL ",
    "SELECT s.id, s.in_reply_to_id, s.account_id, down.depth + 1 ",
    "FROM p, down JOIN statuses s ON s.in_reply_to_id = down.id WHERE down.depth < p.deepest) ",
    "SELECT down.id, down.parent, down.author FROM p, down JOIN accounts a ON a.id = down.author WHERE ",
    met_by!("a"),
    " LIMIT ?"
);

/// A reply: its id, what it answers, who wrote it.
pub type Reply = (Id, Id, Id);

/// The replies to a status and to those, level by level, at most `deepest` levels and `most`
/// rows. Limited accounts are left out for who does not follow them.
pub async fn descendants(
    conn: &mut Conn,
    id: Id,
    viewer: Option<Id>,
    deepest: i32,
    most: i64,
) -> Result<Vec<Reply>> {
    Ok(raw::<(BigInt, BigInt, BigInt)>(DESCENDANTS)
        .bind::<BigInt, _>(id)
        .bind::<Integer, _>(deepest)
        .bind::<Nullable<BigInt>, _>(viewer)
        .bind::<BigInt, _>(most)
        .load(conn)
        .await?)
}
