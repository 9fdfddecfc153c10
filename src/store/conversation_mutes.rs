//! Threads that somebody wants no notifications from.

use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Bool};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use super::visibility::visible_to;
use crate::domain::{Id, Result};

macro_rules! target {
    () => {
        concat!(
            "WITH p AS (SELECT ?::bigint AS status, ?::bigint AS viewer), ",
            "t AS (SELECT t.id, t.conversation_id FROM p JOIN statuses s ON s.id = p.status ",
            "JOIN statuses t ON t.id = coalesce(s.reblog_of_id, s.id) ",
            "JOIN accounts a ON a.id = t.account_id WHERE ",
            visible_to!("t", "a"),
            "), "
        )
    };
}

const ADD: &str = concat!(
    target!(),
    "did AS (INSERT INTO conversation_mutes (account_id, conversation_id) ",
    "SELECT p.viewer, t.conversation_id FROM t CROSS JOIN p WHERE t.conversation_id IS NOT NULL ",
    "ON CONFLICT DO NOTHING) ",
    "SELECT t.id, t.conversation_id IS NOT NULL FROM t"
);

const REMOVE: &str = concat!(
    target!(),
    "did AS (DELETE FROM conversation_mutes m USING p, t ",
    "WHERE m.account_id = p.viewer AND m.conversation_id = t.conversation_id) ",
    "SELECT t.id, t.conversation_id IS NOT NULL FROM t"
);

/// Mutes the thread of a status that `account` may see, or ends that; gives the status (for
/// a boost the boosted one) and whether it has a thread. `None` when there is no such status
/// for them.
pub async fn set(
    conn: &mut Conn,
    status: Id,
    account: Id,
    muted: bool,
) -> Result<Option<(Id, bool)>> {
    Ok(raw::<(BigInt, Bool)>(if muted { ADD } else { REMOVE })
        .bind::<BigInt, _>(status)
        .bind::<BigInt, _>(account)
        .get_result(conn)
        .await
        .optional()?)
}
