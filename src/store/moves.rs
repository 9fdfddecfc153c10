//! Members and their other accounts: aliases, and moving away (I18). What comes from elsewhere
//! is in `remote_deeds.rs`.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::event::EventKind;
use crate::domain::{Id, Result};

const ALIASES: &str = "\
    WITH p AS (SELECT ?::bigint AS account, ?::text[] AS aliases, ?::timestamptz AS at, ?::smallint AS event), \
    did AS (UPDATE accounts a SET also_known_as = p.aliases, version = a.version + 1, updated_at = p.at \
        FROM p WHERE a.id = p.account AND a.host_id IS NULL AND a.also_known_as <> p.aliases RETURNING a.id), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, created_at) \
        SELECT 0, p.event, did.id, did.id, p.at FROM did CROSS JOIN p) \
    SELECT EXISTS (SELECT 1 FROM did)";

/// Says which other accounts are the same person, with the event; `false` where that was said
/// before.
pub async fn set_aliases(
    conn: &mut Conn,
    account: Id,
    aliases: Vec<String>,
    at: DateTime<Utc>,
) -> Result<bool> {
    let (did,): (bool,) = raw::<(Bool,)>(ALIASES)
        .bind::<BigInt, _>(account)
        .bind::<Array<Text>, _>(aliases)
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(EventKind::ProfileChanged as i16)
        .get_result(conn)
        .await?;
    Ok(did)
}

// The profile first, so that whoever hears of the move finds it there.
const MOVE: &str = "\
    WITH p AS (SELECT ?::bigint AS account, ?::bigint AS target, ?::timestamptz AS since, ?::timestamptz AS at, \
        ?::smallint AS changed, ?::smallint AS moved), \
    did AS (INSERT INTO account_moves AS m (account_id, target_id, at) SELECT account, target, at FROM p \
        ON CONFLICT (account_id) DO UPDATE SET target_id = excluded.target_id, \
        at = CASE WHEN m.target_id = excluded.target_id THEN m.at ELSE excluded.at END \
        WHERE m.at < (SELECT since FROM p) OR m.target_id = excluded.target_id RETURNING target_id), \
    shown AS (UPDATE accounts a SET moved_to_id = did.target_id, version = a.version + 1, updated_at = p.at \
        FROM p CROSS JOIN did WHERE a.id = p.account AND a.host_id IS NULL), \
    rests AS (UPDATE users u SET moved_at = p.at FROM p CROSS JOIN did WHERE u.account_id = p.account), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, created_at) \
        SELECT 0, e.kind, p.account, p.account, p.at FROM p CROSS JOIN did \
        CROSS JOIN LATERAL (VALUES (1, p.changed), (2, p.moved)) AS e (place, kind) ORDER BY e.place) \
    SELECT EXISTS (SELECT 1 FROM did)";

/// A member's account moves to `target`, with its events; `false` when it went to a third one
/// after `since`.
pub async fn move_out(
    conn: &mut Conn,
    account: Id,
    target: Id,
    since: DateTime<Utc>,
    at: DateTime<Utc>,
) -> Result<bool> {
    let (did,): (bool,) = raw::<(Bool,)>(MOVE)
        .bind::<BigInt, _>(account)
        .bind::<BigInt, _>(target)
        .bind::<Timestamptz, _>(since)
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(EventKind::ProfileChanged as i16)
        .bind::<SmallInt, _>(EventKind::AccountMoved as i16)
        .get_result(conn)
        .await?;
    Ok(did)
}

const STAY: &str = "\
    WITH p AS (SELECT ?::bigint AS account, ?::timestamptz AS at, ?::smallint AS event), \
    did AS (UPDATE accounts a SET moved_to_id = NULL, version = a.version + 1, updated_at = p.at \
        FROM p WHERE a.id = p.account AND a.host_id IS NULL AND a.moved_to_id IS NOT NULL RETURNING a.id), \
    works AS (UPDATE users u SET moved_at = NULL FROM p WHERE u.account_id = p.account), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) \
        SELECT 0, p.event, did.id, did.id, did.id, p.at FROM did CROSS JOIN p) \
    SELECT EXISTS (SELECT 1 FROM did)";

/// Takes a move back: the account stands as before, and may post. Followers who went do not
/// come back by themselves, but hear of it: their servers keep those who moved at bay. `false` when it had not moved.
pub async fn stay(conn: &mut Conn, account: Id, at: DateTime<Utc>) -> Result<bool> {
    let (did,): (bool,) = raw::<(Bool,)>(STAY)
        .bind::<BigInt, _>(account)
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(EventKind::ProfileChanged as i16)
        .get_result(conn)
        .await?;
    Ok(did)
}
