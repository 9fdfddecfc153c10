//! Mutes of accounts: private, but feeds hear of a new one.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Bool, Nullable, SmallInt, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::event::EventKind;
use crate::domain::{Id, Page, Result};

const MUTE: &str = "\
    WITH p AS (SELECT ?::bigint AS account, ?::bigint AS target, ?::boolean AS notifications, \
    ?::timestamptz AS until, ?::timestamptz AS at, ?::smallint AS event), \
    t AS (SELECT a.id FROM p JOIN accounts a ON a.id = p.target), \
    did AS (INSERT INTO mutes AS m (account_id, target_id, id, notifications, until) \
        SELECT p.account, t.id, next_id(p.at), p.notifications, p.until FROM t CROSS JOIN p \
        ON CONFLICT (account_id, target_id) DO UPDATE \
        SET notifications = excluded.notifications, until = excluded.until \
        RETURNING m.xmax = 0 AS is_new), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, created_at) \
        SELECT 0, p.event, p.target, p.account, p.at FROM did CROSS JOIN p WHERE did.is_new) \
    SELECT t.id FROM t";

/// Mutes until a time or for ever, or changes how; `false` when there is no such account.
pub async fn mute(
    conn: &mut Conn,
    account: Id,
    target: Id,
    notifications: bool,
    until: Option<DateTime<Utc>>,
    at: DateTime<Utc>,
) -> Result<bool> {
    let row: Option<(Id,)> = raw::<(BigInt,)>(MUTE)
        .bind::<BigInt, _>(account)
        .bind::<BigInt, _>(target)
        .bind::<Bool, _>(notifications)
        .bind::<Nullable<Timestamptz>, _>(until)
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(EventKind::AccountMuted as i16)
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.is_some())
}

/// Ends a mute; what is not muted is no error.
pub async fn unmute(conn: &mut Conn, account: Id, target: Id) -> Result<()> {
    raw::<()>("DELETE FROM mutes WHERE account_id = ? AND target_id = ?")
        .bind::<BigInt, _>(account)
        .bind::<BigInt, _>(target)
        .execute(conn)
        .await?;
    Ok(())
}

/// A mute as the list of mutes shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Muted {
    /// The mute's own id, which pages the list.
    pub id: Id,
    /// Who is muted.
    pub account: Id,
    /// The end; `None` when it has none.
    pub until: Option<DateTime<Utc>>,
}

macro_rules! list {
    ($direction:literal) => {
        concat!(
            "WITH p AS (SELECT ?::bigint AS account, ?::timestamptz AS at, ",
            "?::bigint AS below, ?::bigint AS above, ?::bigint AS amount) ",
            "SELECT m.id, m.target_id, m.until FROM p JOIN mutes m ON m.account_id = p.account ",
            "AND (m.until IS NULL OR m.until > p.at) ",
            "WHERE (p.below IS NULL OR m.id < p.below) AND (p.above IS NULL OR m.id > p.above) ",
            "ORDER BY m.id ",
            $direction,
            " LIMIT (SELECT amount FROM p)"
        )
    };
}

/// A page of those whom `account` mutes at `at`, newest first.
pub async fn list(
    conn: &mut Conn,
    account: Id,
    page: &Page,
    at: DateTime<Utc>,
) -> Result<Vec<Muted>> {
    type Row = (Id, Id, Option<DateTime<Utc>>);
    let statement = if page.ascends() {
        list!("ASC")
    } else {
        list!("DESC")
    };
    let rows: Vec<Row> = raw::<(BigInt, BigInt, Nullable<Timestamptz>)>(statement)
        .bind::<BigInt, _>(account)
        .bind::<Timestamptz, _>(at)
        .bind::<Nullable<BigInt>, _>(page.max_id)
        .bind::<Nullable<BigInt>, _>(page.above())
        .bind::<BigInt, _>(page.limit)
        .load(conn)
        .await?;
    let mut list: Vec<Muted> = rows
        .into_iter()
        .map(|(id, account, until)| Muted { id, account, until })
        .collect();
    if page.ascends() {
        list.reverse();
    }
    Ok(list)
}
