//! Bringing the accounts of a server in line with what holds for it, a batch at a time, and
//! cutting follows on the way. Where it stands is in the rows alone, so whoever is stopped in
//! the middle is gone on from by anybody.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, SmallInt, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::event::{EventKind, Lane};
use crate::domain::{Id, Result};

/// Accounts that one step looks at.
pub const ACCOUNTS: i64 = 200;
/// Follows that one step cuts, or brings back.
pub const FOLLOWS: i64 = 500;

/// A server that is being walked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sweep {
    /// `hosts.id`.
    pub host: Id,
    /// Where cut follows go.
    pub severance: Option<Id>,
    /// `accounts.id` up to which it is done.
    pub cursor: Id,
}

/// One that nobody works on, for this transaction; `None` when there is none.
pub async fn take(conn: &mut Conn) -> Result<Option<Sweep>> {
    let row: Option<(Id, Option<Id>, Id)> = raw::<(BigInt, Nullable<BigInt>, BigInt)>(
        "SELECT w.host_id, w.severance_id, w.cursor FROM host_sweeps w \
         ORDER BY w.asked_at, w.host_id LIMIT 1 FOR UPDATE SKIP LOCKED",
    )
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(|(host, severance, cursor)| Sweep {
        host,
        severance,
        cursor,
    }))
}

// `accounts.flags` is cached from the restraints of its own and what holds for its server and the
// domain of its handle.
const REFLAG: &str = "\
    WITH p AS (SELECT ?::bigint AS host, ?::bigint AS above, ?::bigint AS most, ?::timestamptz AS at), \
    held AS (SELECT a.id, account_policy_flags(a.host_id, a.handle_domain, p.at) AS flags \
        FROM p JOIN accounts a ON a.host_id = p.host AND a.id > p.above ORDER BY a.id LIMIT (SELECT most FROM p)), \
    part AS (SELECT held.id, held.flags | coalesce((SELECT bit_or(1 << r.kind) FROM account_restraints r \
            WHERE r.account_id = held.id AND r.lifted_at IS NULL AND (r.until IS NULL OR r.until > p.at)), 0) AS flags \
        FROM p CROSS JOIN held), \
    did AS (UPDATE accounts a SET flags = part.flags, version = a.version + 1 FROM part \
        WHERE a.id = part.id AND a.flags <> part.flags) \
    SELECT id, (flags & 2) <> 0 FROM held ORDER BY id";

/// Gives the next accounts of a server the flags that they should have; whom it looked at, in
/// order, [`ACCOUNTS`] at the most, and whether a policy suspends them.
pub async fn reflag(conn: &mut Conn, sweep: &Sweep, at: DateTime<Utc>) -> Result<Vec<(Id, bool)>> {
    Ok(raw::<(BigInt, Bool)>(REFLAG)
        .bind::<BigInt, _>(sweep.host)
        .bind::<BigInt, _>(sweep.cursor)
        .bind::<BigInt, _>(ACCOUNTS)
        .bind::<Timestamptz, _>(at)
        .load(conn)
        .await?)
}

// The lane says that their server is told nothing: nothing is told to a blocked one.
const CUT: &str = "\
    WITH p AS (SELECT ?::bigint AS severance, ?::bigint[] AS accounts, ?::bigint AS most, ?::timestamptz AS at, \
    ?::smallint AS lane, ?::smallint AS event), \
    part AS (SELECT f.id, f.follower_host_id IS NULL AS ours FROM p JOIN follows f \
        ON f.account_id = ANY (p.accounts) OR (f.target_id = ANY (p.accounts) AND f.follower_host_id IS NULL) \
        LIMIT (SELECT most FROM p)), \
    cut AS (DELETE FROM follows f USING part WHERE f.id = part.id \
        RETURNING f.id, f.account_id, f.target_id, f.state, f.uri, f.flags, f.languages, f.created_at, part.ours), \
    kept AS (INSERT INTO severed_follows (severance_id, account_id, other_id, follows, state, uri, flags, languages, followed_at, follow_id) \
        SELECT p.severance, CASE WHEN c.ours THEN c.account_id ELSE c.target_id END, \
        CASE WHEN c.ours THEN c.target_id ELSE c.account_id END, c.ours, c.state, c.uri, c.flags, c.languages, c.created_at, c.id \
        FROM cut c CROSS JOIN p WHERE p.severance IS NOT NULL ON CONFLICT DO NOTHING), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) \
        SELECT p.lane, p.event, c.target_id, c.account_id, c.id, p.at FROM cut c CROSS JOIN p) \
    SELECT count(*) FROM cut";

/// Cuts follows between `accounts`, who live elsewhere, and people here; [`FOLLOWS`] at the
/// most, and how many it were. They are kept under `severance`, where there is one.
pub async fn cut(
    conn: &mut Conn,
    severance: Option<Id>,
    accounts: Vec<Id>,
    at: DateTime<Utc>,
) -> Result<i64> {
    let (cut,): (i64,) = raw::<(BigInt,)>(CUT)
        .bind::<Nullable<BigInt>, _>(severance)
        .bind::<Array<BigInt>, _>(accounts)
        .bind::<BigInt, _>(FOLLOWS)
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(Lane::Inbound as i16)
        .bind::<SmallInt, _>(EventKind::FollowEnded as i16)
        .get_result(conn)
        .await?;
    Ok(cut)
}

/// Notes how far it is.
pub async fn advance(conn: &mut Conn, host: Id, cursor: Id) -> Result<()> {
    raw::<()>("UPDATE host_sweeps SET cursor = ? WHERE host_id = ?")
        .bind::<BigInt, _>(cursor)
        .bind::<BigInt, _>(host)
        .execute(conn)
        .await?;
    Ok(())
}

/// It is through.
pub async fn end(conn: &mut Conn, host: Id) -> Result<()> {
    raw::<()>("DELETE FROM host_sweeps WHERE host_id = ?")
        .bind::<BigInt, _>(host)
        .execute(conn)
        .await?;
    Ok(())
}

/// Accounts of a server that wait to be brought in line, counted up to `most`; `None` where
/// nothing is under way.
pub async fn left(conn: &mut Conn, host: Id, most: i64) -> Result<Option<i64>> {
    let row: Option<(i64,)> = raw::<(BigInt,)>(
        "WITH n AS (SELECT ?::bigint AS most) SELECT (SELECT count(*) FROM (SELECT 1 FROM accounts a \
         WHERE a.host_id = w.host_id AND a.id > w.cursor LIMIT (SELECT most FROM n)) x) \
         FROM host_sweeps w WHERE w.host_id = ?",
    )
    .bind::<BigInt, _>(most)
    .bind::<BigInt, _>(host)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(|(left,)| left))
}
