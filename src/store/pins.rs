//! Pins: what an account keeps on top of its profile.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Bool, SmallInt, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use super::visibility::{pinnable, visible_to};
use crate::domain::event::EventKind;
use crate::domain::{Id, Result};

/// What stands between a status and being pinned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pinning {
    /// It is the account's own.
    pub own: bool,
    /// It is of a kind that can be pinned: no boost, not direct.
    pub pinnable: bool,
    /// It is pinned already.
    pub pinned: bool,
    /// How many the account has pinned.
    pub count: i64,
}

const FACTS: &str = concat!(
    "WITH p AS (SELECT ?::bigint AS status, ?::bigint AS viewer) ",
    "SELECT s.account_id = p.viewer, ",
    pinnable!("s"),
    ", EXISTS (SELECT 1 FROM pins k WHERE k.account_id = p.viewer AND k.status_id = s.id OFFSET 0), ",
    "(SELECT count(*) FROM pins k WHERE k.account_id = p.viewer) ",
    "FROM p JOIN statuses s ON s.id = p.status JOIN accounts a ON a.id = s.account_id WHERE ",
    visible_to!("s", "a")
);

/// Whether `account` may pin a status; `None` when there is no such status for them. Lock the
/// owner first (`drafts::lock_owner`), so that the count holds until the commit.
pub async fn facts(conn: &mut Conn, status: Id, account: Id) -> Result<Option<Pinning>> {
    let row: Option<(bool, bool, bool, i64)> = raw::<(Bool, Bool, Bool, BigInt)>(FACTS)
        .bind::<BigInt, _>(status)
        .bind::<BigInt, _>(account)
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(|(own, pinnable, pinned, count)| Pinning {
        own,
        pinnable,
        pinned,
        count,
    }))
}

const PIN: &str = "\
    WITH p AS (SELECT ?::bigint AS account, ?::bigint AS status, ?::timestamptz AS at, ?::smallint AS event), \
    did AS (INSERT INTO pins (account_id, status_id, id) SELECT p.account, p.status, next_id(p.at) FROM p \
        ON CONFLICT DO NOTHING RETURNING status_id) \
    INSERT INTO events (lane, kind, subject_id, actor_id, created_at) \
    SELECT 0, p.event, did.status_id, p.account, p.at FROM did CROSS JOIN p";

/// Pins, with its event; again is no error. Gives whether anything changed.
pub async fn insert(conn: &mut Conn, status: Id, account: Id, at: DateTime<Utc>) -> Result<bool> {
    run(conn, PIN, EventKind::StatusPinned, status, account, at).await
}

const UNPIN: &str = "\
    WITH p AS (SELECT ?::bigint AS account, ?::bigint AS status, ?::timestamptz AS at, ?::smallint AS event), \
    did AS (DELETE FROM pins k USING p WHERE k.account_id = p.account AND k.status_id = p.status \
        RETURNING k.status_id) \
    INSERT INTO events (lane, kind, subject_id, actor_id, created_at) \
    SELECT 0, p.event, did.status_id, p.account, p.at FROM did CROSS JOIN p";

/// Unpins, with its event; what is not pinned is no error. Gives whether anything changed.
pub async fn delete(conn: &mut Conn, status: Id, account: Id, at: DateTime<Utc>) -> Result<bool> {
    run(conn, UNPIN, EventKind::StatusUnpinned, status, account, at).await
}

async fn run(
    conn: &mut Conn,
    statement: &'static str,
    event: EventKind,
    status: Id,
    account: Id,
    at: DateTime<Utc>,
) -> Result<bool> {
    let told = raw::<()>(statement)
        .bind::<BigInt, _>(account)
        .bind::<BigInt, _>(status)
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(event as i16)
        .execute(conn)
        .await?;
    Ok(told > 0)
}
