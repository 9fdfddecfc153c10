//! What deeds of people here are made of, where the rows of a status or an actor are not
//! enough: addresses of follows, favourites, accounts and statuses, in sets.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::visibility::Visibility;
use crate::domain::{Id, Result};
use crate::model::document_rows::Addressed;

async fn addressed(conn: &mut Conn, sql: &'static str, ids: Vec<Id>) -> Result<Vec<Addressed>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Id, Option<String>)> = raw::<(BigInt, Nullable<Text>)>(sql)
        .bind::<Array<BigInt>, _>(ids)
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, uri)| Addressed { id, uri })
        .collect())
}

/// Accounts of those ids, here and elsewhere, in no order.
pub async fn accounts(conn: &mut Conn, ids: Vec<Id>) -> Result<Vec<Addressed>> {
    addressed(conn, "SELECT id, uri FROM accounts WHERE id = ANY (?)", ids).await
}

/// Where accounts moved to: pairs of an account and the other.
pub async fn moves(conn: &mut Conn, ids: Vec<Id>) -> Result<Vec<(Id, Addressed)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Id, Id, Option<String>)> = raw::<(BigInt, BigInt, Nullable<Text>)>(
        "SELECT a.id, m.id, m.uri FROM accounts a JOIN accounts m ON m.id = a.moved_to_id WHERE a.id = ANY (?)",
    )
    .bind::<Array<BigInt>, _>(ids)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(id, other, uri)| (id, Addressed { id: other, uri }))
        .collect())
}

/// A status, with who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The status.
    pub status: Addressed,
    /// Its author.
    pub author: Addressed,
    /// Who it is for.
    pub visibility: Visibility,
}

/// Statuses of those ids, here and elsewhere, in no order.
pub async fn statuses(conn: &mut Conn, ids: Vec<Id>) -> Result<Vec<Written>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    type Columns = (BigInt, Nullable<Text>, BigInt, Nullable<Text>, SmallInt);
    type Row = (Id, Option<String>, Id, Option<String>, Visibility);
    let rows: Vec<Row> = raw::<Columns>(
        "SELECT s.id, s.uri, a.id, a.uri, s.visibility FROM statuses s \
         JOIN accounts a ON a.id = s.account_id WHERE s.id = ANY (?)",
    )
    .bind::<Array<BigInt>, _>(ids)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(id, uri, author, author_uri, visibility)| Written {
            status: Addressed { id, uri },
            author: Addressed {
                id: author,
                uri: author_uri,
            },
            visibility,
        })
        .collect())
}

/// The addresses that remote `Follow`s have at home, in no order; ended ones too.
pub async fn follows(conn: &mut Conn, ids: Vec<Id>) -> Result<Vec<Addressed>> {
    addressed(
        conn,
        "WITH p AS (SELECT ?::bigint[] AS ids) \
         SELECT f.id, f.uri FROM p JOIN follows f ON f.id = ANY (p.ids) \
         UNION ALL SELECT e.id, e.uri FROM p JOIN ended_follows e ON e.id = ANY (p.ids)",
        ids,
    )
    .await
}

/// Favourites: (status, account, id) for each pair that has one. Two lists of one length.
pub async fn favourites(
    conn: &mut Conn,
    statuses: Vec<Id>,
    accounts: Vec<Id>,
) -> Result<Vec<(Id, Id, Id)>> {
    if statuses.is_empty() {
        return Ok(Vec::new());
    }
    Ok(raw::<(BigInt, BigInt, BigInt)>(
        "WITH p AS (SELECT ?::bigint[] AS statuses, ?::bigint[] AS accounts) \
         SELECT r.status_id, r.account_id, r.id FROM p CROSS JOIN LATERAL unnest(p.statuses, p.accounts) AS w (status, account) \
         JOIN reactions r ON r.status_id = w.status AND r.account_id = w.account AND r.emoji = ''",
    )
    .bind::<Array<BigInt>, _>(statuses)
    .bind::<Array<BigInt>, _>(accounts)
    .load(conn)
    .await?)
}

/// What somebody here does to somebody elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// By `follows.id`, asked for or granted.
    Follow,
    /// By `reactions.id`.
    Favourite,
    /// By `blocks.id`.
    Block,
}

macro_rules! done_to {
    ($table:literal, $other:literal, $more:literal) => {
        concat!(
            "SELECT a.id, a.uri, ",
            $other,
            ".id, ",
            $other,
            ".uri FROM ",
            $table,
            " d JOIN accounts a ON a.id = d.account_id AND a.host_id IS NULL AND (a.flags & 2) = 0 ",
            $more,
            " WHERE d.id = ? AND t.host_id = ?"
        )
    };
}

const FOLLOWED: &str = done_to!("follows", "t", "JOIN accounts t ON t.id = d.target_id");
const FAVOURED: &str = done_to!(
    "reactions",
    "s",
    "JOIN statuses s ON s.id = d.status_id AND d.emoji = '' JOIN accounts t ON t.id = s.account_id"
);
const BLOCKED: &str = done_to!("blocks", "t", "JOIN accounts t ON t.id = d.target_id");

/// A deed by its id, if it was done to somebody on that host: who did it, and the account or
/// status that it was done to.
pub async fn done_to(
    conn: &mut Conn,
    which: Deed,
    id: Id,
    host: Id,
) -> Result<Option<(Addressed, Addressed)>> {
    let sql = match which {
        Deed::Follow => FOLLOWED,
        Deed::Favourite => FAVOURED,
        Deed::Block => BLOCKED,
    };
    type Row = (Id, Option<String>, Id, Option<String>);
    let row: Option<Row> = raw::<(BigInt, Nullable<Text>, BigInt, Nullable<Text>)>(sql)
        .bind::<BigInt, _>(id)
        .bind::<BigInt, _>(host)
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(|(by, by_uri, to, to_uri)| {
        let one = |id, uri| Addressed { id, uri };
        (one(by, by_uri), one(to, to_uri))
    }))
}

/// A status that was deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buried {
    /// The status; its address is made from its id. Of an account that was deleted: the account.
    pub status: Id,
    /// Who wrote it.
    pub author: Id,
}

/// What a host that was dead since `since` must hear before anything else: deletions of
/// statuses by local accounts that it may have something of, and of such accounts, oldest
/// first.
pub async fn deletions_since(
    conn: &mut Conn,
    host: i64,
    since: DateTime<Utc>,
    most: i64,
) -> Result<Vec<Buried>> {
    let rows: Vec<(Id, Id)> = raw::<(BigInt, BigInt)>(
        "WITH p AS (SELECT ?::bigint AS host, ?::timestamptz AS since, ?::bigint AS most) \
         SELECT t.subject_id, t.actor_id FROM p JOIN tombstones t ON t.created_at >= p.since AND t.kind IN (0, 1) \
         JOIN reach r ON r.host_id = p.host AND r.account_id = t.actor_id \
         JOIN accounts a ON a.id = t.actor_id AND a.host_id IS NULL \
         WHERE NOT coalesce((t.audience->>'local_only')::boolean, false) \
         ORDER BY t.created_at LIMIT (SELECT most FROM p)",
    )
    .bind::<BigInt, _>(host)
    .bind::<Timestamptz, _>(since)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(status, author)| Buried { status, author })
        .collect())
}

/// A follow between here and elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tie {
    /// `follows.id`.
    pub id: Id,
    /// Who follows.
    pub follower: Id,
    /// Who is followed.
    pub target: Id,
}

/// Followers of that host who asked since then and were let in, and requests of ours to its
/// people since then that nobody answered; oldest first.
pub async fn ties_since(
    conn: &mut Conn,
    host: i64,
    since: DateTime<Utc>,
    most: i64,
) -> Result<(Vec<Tie>, Vec<Tie>)> {
    let rows: Vec<(Id, Id, Id, Option<i64>)> = raw::<(BigInt, BigInt, BigInt, Nullable<BigInt>)>(
        "WITH p AS (SELECT ?::bigint AS host, ?::timestamptz AS since, ?::bigint AS most) \
         SELECT * FROM ((SELECT f.id, f.account_id, f.target_id, f.follower_host_id FROM p \
             JOIN follows f ON f.follower_host_id = p.host AND f.state = 1 AND f.created_at >= p.since \
             JOIN accounts a ON a.id = f.target_id AND a.host_id IS NULL ORDER BY f.id LIMIT (SELECT most FROM p)) \
         UNION ALL (SELECT f.id, f.account_id, f.target_id, f.follower_host_id FROM p \
             JOIN accounts a ON a.host_id = p.host JOIN follows f ON f.target_id = a.id AND f.state = 0 \
             WHERE f.follower_host_id IS NULL AND f.created_at >= p.since ORDER BY f.id LIMIT (SELECT most FROM p))) t",
    )
    .bind::<BigInt, _>(host)
    .bind::<Timestamptz, _>(since)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?;
    let tie = |(id, follower, target, _): (Id, Id, Id, Option<i64>)| Tie {
        id,
        follower,
        target,
    };
    let (theirs, ours): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.3.is_some());
    Ok((
        theirs.into_iter().map(tie).collect(),
        ours.into_iter().map(tie).collect(),
    ))
}

/// Where a host takes what is for all of its people: an inbox that is not gone, or none.
pub async fn inbox_of(conn: &mut Conn, host: i64) -> Result<Option<String>> {
    use diesel::OptionalExtension;
    let row: Option<(Option<String>,)> = raw::<(Nullable<Text>,)>(
        "WITH p AS (SELECT ?::bigint AS host) SELECT coalesce( \
         (SELECT i.url FROM inboxes i WHERE i.host_id = p.host AND i.gone_at IS NULL ORDER BY i.id LIMIT 1), \
         (SELECT coalesce(ep.shared_inbox, ep.inbox) FROM accounts a JOIN actor_endpoints ep ON ep.account_id = a.id \
          WHERE a.host_id = p.host LIMIT 1)) FROM p",
    )
    .bind::<BigInt, _>(host)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.and_then(|(url,)| url))
}

/// Forgets addresses of ended follows from before `before`; a thousand at the most.
pub async fn sweep_ended_follows(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize> {
    Ok(raw::<()>(
        "DELETE FROM ended_follows WHERE id IN (SELECT id FROM ended_follows WHERE at < ? LIMIT 1000)",
    )
    .bind::<Timestamptz, _>(before)
    .execute(conn)
    .await?)
}
