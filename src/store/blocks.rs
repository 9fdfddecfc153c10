//! Blocks: each deed one statement, with its events.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Bool, Nullable, SmallInt, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::event::EventKind;
use crate::domain::{Id, Page, Result};

const BLOCK: &str = "\
    WITH p AS (SELECT ?::bigint AS account, ?::bigint AS target, ?::timestamptz AS at, \
    ?::smallint AS blocked, ?::smallint AS ended), \
    t AS (SELECT a.id FROM p JOIN accounts a ON a.id = p.target), \
    did AS (INSERT INTO blocks (account_id, target_id, id) \
        SELECT p.account, t.id, next_id(p.at) FROM t CROSS JOIN p ON CONFLICT DO NOTHING RETURNING id), \
    cut AS (DELETE FROM follows f USING p, t WHERE (f.account_id = p.account AND f.target_id = t.id) \
        OR (f.account_id = t.id AND f.target_id = p.account) RETURNING f.id, f.account_id, f.target_id, f.uri), \
    kept AS (INSERT INTO ended_follows (id, uri, at) SELECT cut.id, cut.uri, p.at FROM cut CROSS JOIN p \
        WHERE cut.uri IS NOT NULL), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) \
        SELECT 0, e.kind, e.subject, e.actor, e.extra, p.at FROM p CROSS JOIN ( \
            SELECT 1 AS place, p.ended AS kind, cut.target_id AS subject, cut.account_id AS actor, cut.id AS extra \
            FROM cut CROSS JOIN p \
            UNION ALL SELECT 2, p.blocked, p.target, p.account, did.id FROM did CROSS JOIN p) e \
        ORDER BY e.place) \
    SELECT t.id FROM t";

/// Blocks, and ends follows and requests both ways; `false` when there is no such account.
pub async fn block(conn: &mut Conn, account: Id, target: Id, at: DateTime<Utc>) -> Result<bool> {
    let row: Option<(Id,)> = raw::<(BigInt,)>(BLOCK)
        .bind::<BigInt, _>(account)
        .bind::<BigInt, _>(target)
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(EventKind::AccountBlocked as i16)
        .bind::<SmallInt, _>(EventKind::FollowEnded as i16)
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.is_some())
}

const UNBLOCK: &str = "\
    WITH p AS (SELECT ?::bigint AS account, ?::bigint AS target, ?::timestamptz AS at, ?::smallint AS event), \
    did AS (DELETE FROM blocks b USING p WHERE b.account_id = p.account AND b.target_id = p.target \
        RETURNING b.id), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) \
        SELECT 0, p.event, p.target, p.account, did.id, p.at FROM did CROSS JOIN p) \
    SELECT EXISTS (SELECT 1 FROM did)";

/// Ends a block; `false` when there was none.
pub async fn unblock(conn: &mut Conn, account: Id, target: Id, at: DateTime<Utc>) -> Result<bool> {
    let (did,): (bool,) = raw::<(Bool,)>(UNBLOCK)
        .bind::<BigInt, _>(account)
        .bind::<BigInt, _>(target)
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(EventKind::BlockUndone as i16)
        .get_result(conn)
        .await?;
    Ok(did)
}

macro_rules! list {
    ($direction:literal) => {
        concat!(
            "WITH p AS (SELECT ?::bigint AS account, ?::bigint AS below, ?::bigint AS above, ?::bigint AS amount) ",
            "SELECT b.id, b.target_id FROM p JOIN blocks b ON b.account_id = p.account ",
            "WHERE (p.below IS NULL OR b.id < p.below) AND (p.above IS NULL OR b.id > p.above) ",
            "ORDER BY b.id ",
            $direction,
            " LIMIT (SELECT amount FROM p)"
        )
    };
}

/// A page of those whom `account` blocks, as (id of the block, account), newest first.
pub async fn list(conn: &mut Conn, account: Id, page: &Page) -> Result<Vec<(Id, Id)>> {
    let mut rows: Vec<(Id, Id)> = raw::<(BigInt, BigInt)>(if page.ascends() {
        list!("ASC")
    } else {
        list!("DESC")
    })
    .bind::<BigInt, _>(account)
    .bind::<Nullable<BigInt>, _>(page.max_id)
    .bind::<Nullable<BigInt>, _>(page.above())
    .bind::<BigInt, _>(page.limit)
    .load(conn)
    .await?;
    if page.ascends() {
        rows.reverse();
    }
    Ok(rows)
}
