//! Servers that members want nothing of.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Bool, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::event::{EventKind, Lane};
use crate::domain::{Id, Page, Result};

/// Servers that one member may block.
pub const MOST: i64 = 10_000;
/// Follows that one step ends.
const AT_ONCE: i64 = 500;

const BLOCK: &str = "\
    WITH p AS (SELECT ?::bigint AS account, ?::text AS domain, ?::timestamptz AS at, ?::bigint AS most), \
    did AS (INSERT INTO account_domain_blocks (account_id, domain, id) \
        SELECT p.account, p.domain, next_id(p.at) FROM p \
        WHERE (SELECT count(*) FROM account_domain_blocks b WHERE b.account_id = p.account) < p.most \
        ON CONFLICT DO NOTHING RETURNING id) \
    SELECT EXISTS (SELECT 1 FROM did) OR EXISTS (SELECT 1 FROM account_domain_blocks b JOIN p \
        ON b.account_id = p.account AND b.domain = p.domain)";

/// Blocks a server; again is no error. `false` beyond [`MOST`].
pub async fn block(conn: &mut Conn, account: Id, domain: &str, at: DateTime<Utc>) -> Result<bool> {
    let (holds,): (bool,) = raw::<(Bool,)>(BLOCK)
        .bind::<BigInt, _>(account)
        .bind::<Text, _>(domain.to_owned())
        .bind::<Timestamptz, _>(at)
        .bind::<BigInt, _>(MOST)
        .get_result(conn)
        .await?;
    Ok(holds)
}

/// Ends such a block; whether there was one.
pub async fn unblock(conn: &mut Conn, account: Id, domain: &str) -> Result<bool> {
    let gone = raw::<()>("DELETE FROM account_domain_blocks WHERE account_id = ? AND domain = ?")
        .bind::<BigInt, _>(account)
        .bind::<Text, _>(domain.to_owned())
        .execute(conn)
        .await?;
    Ok(gone > 0)
}

macro_rules! list {
    ($direction:literal) => {
        concat!(
            "WITH p AS (SELECT ?::bigint AS account, ?::bigint AS below, ?::bigint AS above, ?::bigint AS amount) ",
            "SELECT b.id, b.domain FROM p JOIN account_domain_blocks b ON b.account_id = p.account ",
            "WHERE (p.below IS NULL OR b.id < p.below) AND (p.above IS NULL OR b.id > p.above) ORDER BY b.id ",
            $direction,
            " LIMIT (SELECT amount FROM p)"
        )
    };
}

/// A page of what a member blocks, as (id of the block, domain), newest first.
pub async fn list(conn: &mut Conn, account: Id, page: &Page) -> Result<Vec<(Id, String)>> {
    let mut rows: Vec<(Id, String)> = raw::<(BigInt, Text)>(if page.ascends() {
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

/// Follows between a member and a server: how many they follow there, how many follow them.
pub async fn bonds(conn: &mut Conn, account: Id, domain: &str) -> Result<(i64, i64)> {
    Ok(raw::<(BigInt, BigInt)>(
        "WITH p AS (SELECT ?::bigint AS account, ?::text AS domain) \
         SELECT (SELECT count(*) FROM p JOIN follows f ON f.account_id = p.account \
             JOIN accounts a ON a.id = f.target_id AND a.handle_domain = p.domain), \
         (SELECT count(*) FROM p JOIN follows f ON f.target_id = p.account AND f.follower_host_id IS NOT NULL \
             JOIN accounts a ON a.id = f.account_id AND a.handle_domain = p.domain)",
    )
    .bind::<BigInt, _>(account)
    .bind::<Text, _>(domain.to_owned())
    .get_result(conn)
    .await?)
}

// The other server is told, as of any follow that ends here: the member ended it.
const CUT: &str = "\
    WITH p AS (SELECT ?::bigint AS severance, ?::bigint AS account, ?::text AS domain, ?::bigint AS most, \
    ?::timestamptz AS at, ?::smallint AS lane, ?::smallint AS event), \
    part AS (SELECT f.id, f.account_id = p.account AS ours FROM p JOIN follows f \
        ON f.account_id = p.account OR (f.target_id = p.account AND f.follower_host_id IS NOT NULL) \
        JOIN accounts o ON o.id = CASE WHEN f.account_id = p.account THEN f.target_id ELSE f.account_id END \
        AND o.handle_domain = p.domain LIMIT (SELECT most FROM p)), \
    cut AS (DELETE FROM follows f USING part WHERE f.id = part.id \
        RETURNING f.id, f.account_id, f.target_id, f.state, f.uri, f.flags, f.languages, f.created_at, part.ours), \
    kept AS (INSERT INTO severed_follows (severance_id, account_id, other_id, follows, state, uri, flags, languages, followed_at) \
        SELECT p.severance, p.account, CASE WHEN c.ours THEN c.target_id ELSE c.account_id END, c.ours, \
        c.state, c.uri, c.flags, c.languages, c.created_at FROM cut c CROSS JOIN p ON CONFLICT DO NOTHING), \
    ended AS (INSERT INTO ended_follows (id, uri, at) SELECT c.id, c.uri, p.at FROM cut c CROSS JOIN p \
        WHERE c.uri IS NOT NULL), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) \
        SELECT p.lane, p.event, c.target_id, c.account_id, c.id, p.at FROM cut c CROSS JOIN p) \
    SELECT count(*) FROM cut";

/// Ends some follows between a member and a server, and keeps them under `severance`; how many,
/// 0 when none were left.
pub async fn cut(
    conn: &mut Conn,
    severance: Id,
    account: Id,
    domain: &str,
    at: DateTime<Utc>,
) -> Result<i64> {
    let (cut,): (i64,) = raw::<(BigInt,)>(CUT)
        .bind::<BigInt, _>(severance)
        .bind::<BigInt, _>(account)
        .bind::<Text, _>(domain.to_owned())
        .bind::<BigInt, _>(AT_ONCE)
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(Lane::People as i16)
        .bind::<SmallInt, _>(EventKind::FollowEnded as i16)
        .get_result(conn)
        .await?;
    Ok(cut)
}
