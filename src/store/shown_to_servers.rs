//! What of local accounts another server may have, and the pages of its collections.
//!
//! `viewer` is the remote account that asks, `None` where nobody said who asks.

use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use super::visibility::{for_anybody, leaves_for, on_open_pages, pinnable};
use crate::domain::{Id, Result};
use crate::model::document_rows::Addressed;

/// A status that may be given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    /// Its id.
    pub id: Id,
    /// Who wrote it, or who boosts.
    pub account: Id,
    /// Anybody could have it.
    pub open: bool,
}

const STATUS: &str = concat!(
    "WITH p AS (SELECT ?::bigint AS viewer, ?::bigint AS id) ",
    "SELECT s.id, s.account_id, ",
    on_open_pages!("s"),
    " FROM p JOIN statuses s ON s.id = p.id JOIN accounts a ON a.id = s.account_id ",
    "LEFT JOIN statuses i ON i.id = s.reblog_of_id LEFT JOIN accounts ia ON ia.id = i.account_id ",
    "WHERE a.host_id IS NULL AND ",
    leaves_for!("s", "a"),
    " AND (i.id IS NULL OR (",
    leaves_for!("i", "ia"),
    ")) AND (i.id IS NOT NULL) = ?"
);

/// The local status of that id, if `viewer` may have it; a boost, or none, as asked for.
pub async fn status(
    conn: &mut Conn,
    id: Id,
    boost: bool,
    viewer: Option<Id>,
) -> Result<Option<Given>> {
    let row: Option<(Id, Id, bool)> = raw::<(BigInt, BigInt, Bool)>(STATUS)
        .bind::<Nullable<BigInt>, _>(viewer)
        .bind::<BigInt, _>(id)
        .bind::<Bool, _>(boost)
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(|(id, account, open)| Given { id, account, open }))
}

const GONE: &str = concat!(
    "SELECT EXISTS (SELECT 1 FROM tombstones t WHERE t.uri_hash = ? AND (t.kind = 1 OR (",
    for_anybody!("(t.audience->>'visibility')::smallint"),
    " AND coalesce((t.audience->>'open')::boolean, NOT coalesce((t.audience->>'local_only')::boolean, false)))))"
);

/// Whether something that anybody could have had was at the address of that hash, and is gone.
pub async fn is_gone(conn: &mut Conn, hash: uuid::Uuid) -> Result<bool> {
    let (gone,): (bool,) = raw::<(Bool,)>(GONE)
        .bind::<diesel::sql_types::Uuid, _>(hash)
        .get_result(conn)
        .await?;
    Ok(gone)
}

/// Whether an account elsewhere is one that staff did not remove from sight.
pub async fn may_ask(conn: &mut Conn, account: Id) -> Result<bool> {
    let row: Option<(bool,)> = raw::<(Bool,)>("SELECT (flags & 2) = 0 FROM accounts WHERE id = ?")
        .bind::<BigInt, _>(account)
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.is_some_and(|(may,)| may))
}

/// What there is to say of a local account that is not suspended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// The account.
    pub id: Id,
    /// Its name.
    pub username: String,
    /// Posts and boosts, direct ones not counted.
    pub statuses: i64,
    /// Accounts it follows.
    pub following: i64,
    /// Accounts that follow it.
    pub followers: i64,
    /// It blocks who asks.
    pub blocks: bool,
}

const TOTALS: &str = "\
    WITH p AS (SELECT ?::bigint AS viewer, ?::bigint AS id) \
    SELECT a.id, a.username, coalesce(st.statuses_count, 0), coalesce(st.following_count, 0), \
           coalesce(st.followers_count, 0), \
           EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = a.id AND b.target_id = p.viewer) \
      FROM p JOIN accounts a ON a.id = p.id LEFT JOIN account_stats st ON st.account_id = a.id \
     WHERE a.host_id IS NULL AND (a.flags & 2) = 0";

/// The totals of a local account; `None` for remote and suspended ones.
pub async fn totals(conn: &mut Conn, id: Id, viewer: Option<Id>) -> Result<Option<Totals>> {
    type Columns = (BigInt, Text, BigInt, BigInt, BigInt, Bool);
    type Row = (Id, String, i64, i64, i64, bool);
    let row: Option<Row> = raw::<Columns>(TOTALS)
        .bind::<Nullable<BigInt>, _>(viewer)
        .bind::<BigInt, _>(id)
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(
        |(id, username, statuses, following, followers, blocks)| Totals {
            id,
            username,
            statuses,
            following,
            followers,
            blocks,
        },
    ))
}

const OUTBOX: &str = concat!(
    "WITH p AS NOT MATERIALIZED (SELECT ?::bigint AS viewer, ?::bigint AS account, ?::bigint AS below) ",
    "SELECT s.id, s.reblog_of_id IS NOT NULL FROM p ",
    "JOIN statuses s ON s.account_id = p.account AND s.id < p.below ",
    "JOIN accounts a ON a.id = s.account_id ",
    "LEFT JOIN statuses i ON i.id = s.reblog_of_id LEFT JOIN accounts ia ON ia.id = i.account_id ",
    "WHERE ",
    leaves_for!("s", "a"),
    " AND (i.id IS NULL OR (",
    leaves_for!("i", "ia"),
    ")) ORDER BY s.id DESC LIMIT ?"
);

/// What an account posted and boosted below an id, newest first: ids, and whether a boost.
pub async fn outbox(
    conn: &mut Conn,
    account: Id,
    viewer: Option<Id>,
    below: Id,
    most: i64,
) -> Result<Vec<(Id, bool)>> {
    Ok(raw::<(BigInt, Bool)>(OUTBOX)
        .bind::<Nullable<BigInt>, _>(viewer)
        .bind::<BigInt, _>(account)
        .bind::<BigInt, _>(below)
        .bind::<BigInt, _>(most)
        .load(conn)
        .await?)
}

const FEATURED: &str = concat!(
    "WITH p AS (SELECT ?::bigint AS viewer, ?::bigint AS account) ",
    "SELECT s.id FROM p JOIN pins k ON k.account_id = p.account ",
    "JOIN statuses s ON s.id = k.status_id JOIN accounts a ON a.id = s.account_id WHERE ",
    pinnable!("s"),
    " AND ",
    leaves_for!("s", "a"),
    " ORDER BY k.id DESC LIMIT ?"
);

/// What an account pinned, newest pin first.
pub async fn featured(
    conn: &mut Conn,
    account: Id,
    viewer: Option<Id>,
    most: i64,
) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = raw::<(BigInt,)>(FEATURED)
        .bind::<Nullable<BigInt>, _>(viewer)
        .bind::<BigInt, _>(account)
        .bind::<BigInt, _>(most)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

const REPLIES: &str = concat!(
    "WITH p AS (SELECT NULL::bigint AS viewer, ?::bigint AS parent, ?::bigint AS above) ",
    "SELECT s.id, s.uri FROM p JOIN statuses t ON t.id = p.parent ",
    "JOIN statuses s ON s.in_reply_to_id = p.parent AND s.id > p.above ",
    "JOIN accounts a ON a.id = s.account_id WHERE ",
    leaves_for!("s", "a"),
    " AND NOT EXISTS (SELECT 1 FROM blocks rb WHERE rb.account_id = t.account_id ",
    "AND rb.target_id = s.account_id) ORDER BY s.id LIMIT ?"
);

/// Replies to a status that anybody may read, above an id, oldest first; none by accounts
/// whom its author blocks.
pub async fn replies(conn: &mut Conn, parent: Id, above: Id, most: i64) -> Result<Vec<Addressed>> {
    let rows: Vec<(Id, Option<String>)> = raw::<(BigInt, Nullable<Text>)>(REPLIES)
        .bind::<BigInt, _>(parent)
        .bind::<BigInt, _>(above)
        .bind::<BigInt, _>(most)
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, uri)| Addressed { id, uri })
        .collect())
}
