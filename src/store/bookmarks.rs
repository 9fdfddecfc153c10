//! Bookmarks: private, so no event tells of them.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use super::visibility::visible_to;
use crate::domain::{Id, Result};

const ADD: &str = concat!(
    "WITH p AS (SELECT ?::bigint AS status, ?::bigint AS viewer, ?::timestamptz AS at), ",
    "t AS (SELECT t.id FROM p JOIN statuses s ON s.id = p.status ",
    "JOIN statuses t ON t.id = coalesce(s.reblog_of_id, s.id) JOIN accounts a ON a.id = t.account_id WHERE ",
    visible_to!("t", "a"),
    "), did AS (INSERT INTO bookmarks (account_id, status_id, id) ",
    "SELECT p.viewer, t.id, next_id(p.at) FROM t CROSS JOIN p ON CONFLICT DO NOTHING) ",
    "SELECT t.id FROM t"
);

/// Bookmarks what `account` may see and gives the status's id (for a boost the boosted
/// one's); `None` when there is no such status for them.
pub async fn add(
    conn: &mut Conn,
    status: Id,
    account: Id,
    at: DateTime<Utc>,
) -> Result<Option<Id>> {
    let row: Option<(Id,)> = raw::<(BigInt,)>(ADD)
        .bind::<BigInt, _>(status)
        .bind::<BigInt, _>(account)
        .bind::<Timestamptz, _>(at)
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(|(id,)| id))
}

/// Removes a bookmark and gives the status's id; `None` when there is no such status at all.
pub async fn remove(conn: &mut Conn, status: Id, account: Id) -> Result<Option<Id>> {
    let row: Option<(Id,)> = raw::<(BigInt,)>(
        "WITH p AS (SELECT ?::bigint AS status, ?::bigint AS viewer), \
         t AS (SELECT coalesce(s.reblog_of_id, s.id) AS id FROM p JOIN statuses s ON s.id = p.status), \
         did AS (DELETE FROM bookmarks b USING p, t \
             WHERE b.account_id = p.viewer AND b.status_id = t.id) \
         SELECT t.id FROM t",
    )
    .bind::<BigInt, _>(status)
    .bind::<BigInt, _>(account)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(|(id,)| id))
}
