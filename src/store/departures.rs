//! Members who delete their account, or are deleted by staff. First everything that shows is closed in one commit; then
//! what they left is taken in bounded batches, each of which can be done again; the bare
//! account with its key stays until all servers were told.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{
    Array, BigInt, Bool, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::Conn;
use super::raw::raw;
use crate::domain::event::EventKind;
use crate::domain::{Id, Result};

/// Rows of a kind that one statement takes.
const AT_ONCE: i64 = 500;

const CLOSE: &str = "\
    WITH p AS (SELECT ?::bigint AS id, ?::bigint AS account, ?::uuid AS hash, ?::timestamptz AS at, ?::smallint AS event, ?::boolean AS by_staff), \
    shut AS (UPDATE users u SET disabled_at = p.at, email = NULL, email_canonical = NULL, password_hash = NULL \
        FROM p WHERE u.id = p.id AND u.account_id = p.account AND (u.disabled_at IS NULL OR p.by_staff) RETURNING u.id), \
    hidden AS (UPDATE accounts a SET flags = a.flags | 2, moved_to_id = NULL, version = a.version + 1, updated_at = p.at \
        FROM p JOIN shut ON true WHERE a.id = p.account AND a.host_id IS NULL), \
    named AS (UPDATE names n SET state = 3, until = NULL, holder = NULL FROM shut WHERE n.holder = shut.id AND n.state = 2), \
    seen AS (DELETE FROM sessions s USING shut WHERE s.user_id = shut.id), \
    apps AS (DELETE FROM tokens t USING shut WHERE t.user_id = shut.id), \
    stone AS (INSERT INTO tombstones (uri_hash, kind, actor_id, subject_id, created_at) \
        SELECT p.hash, 1, p.account, p.account, p.at FROM p JOIN shut ON true ON CONFLICT DO NOTHING), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, created_at) \
        SELECT 0, p.event, p.account, p.account, p.at FROM p JOIN shut ON true) \
    SELECT EXISTS (SELECT 1 FROM shut)";

/// Closes a member's account: nobody signs in or sees it any more, its name is nobody's again,
/// its address says that it is gone (`hash` is that of its address), and the event is written.
/// `false` when that was done before. `by_staff`: also where the login is switched off already;
/// then it is the caller who asks before whether it was done.
pub async fn close(
    conn: &mut Conn,
    user: Id,
    account: Id,
    hash: Uuid,
    by_staff: bool,
    at: DateTime<Utc>,
) -> Result<bool> {
    let (did,): (bool,) = raw::<(Bool,)>(CLOSE)
        .bind::<BigInt, _>(user)
        .bind::<BigInt, _>(account)
        .bind::<SqlUuid, _>(hash)
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(EventKind::AccountDeleted as i16)
        .bind::<Bool, _>(by_staff)
        .get_result(conn)
        .await?;
    Ok(did)
}

/// When an account was deleted, by its member or by staff; `None` for all others.
pub async fn closed_at(conn: &mut Conn, account: Id) -> Result<Option<DateTime<Utc>>> {
    let row: Option<(DateTime<Utc>,)> = raw::<(Timestamptz,)>(
        "SELECT created_at FROM tombstones WHERE subject_id = ? AND actor_id = subject_id AND kind = 1",
    )
    .bind::<BigInt, _>(account)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(|(at,)| at))
}

/// Files of an account that is gone: media (ids and paths), at most [`AT_ONCE`].
pub async fn some_media(conn: &mut Conn, account: Id) -> Result<(Vec<Id>, Vec<String>)> {
    type Row = (Id, Option<String>, Option<String>);
    let rows: Vec<Row> = raw::<(BigInt, Nullable<Text>, Nullable<Text>)>(
        "SELECT id, path, preview_path FROM media WHERE account_id = ? ORDER BY id LIMIT ?",
    )
    .bind::<BigInt, _>(account)
    .bind::<BigInt, _>(AT_ONCE)
    .load(conn)
    .await?;
    let ids = rows.iter().map(|row| row.0).collect();
    let files = rows.into_iter().flat_map(|row| [row.1, row.2]).flatten();
    Ok((ids, files.collect()))
}

/// Forgets media whose files are gone.
pub async fn forget_media(conn: &mut Conn, ids: Vec<Id>) -> Result<()> {
    raw::<()>("DELETE FROM media WHERE id = ANY (?)")
        .bind::<Array<BigInt>, _>(ids)
        .execute(conn)
        .await?;
    Ok(())
}

/// The profile's pictures, and those in drafts.
pub async fn pictures(conn: &mut Conn, account: Id) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = raw::<(Text,)>(
        "WITH p AS (SELECT ?::bigint AS account) \
         SELECT x.path FROM p CROSS JOIN LATERAL ( \
           SELECT avatar_path AS path FROM accounts WHERE id = p.account \
           UNION ALL SELECT header_path FROM accounts WHERE id = p.account \
           UNION ALL SELECT d.path FROM draft_media d JOIN users u ON u.id = d.user_id WHERE u.account_id = p.account) x \
         WHERE x.path IS NOT NULL",
    )
    .bind::<BigInt, _>(account)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|(path,)| path).collect())
}

// Others' counters and feeds are the relay's, told in the bulk lane: there nothing is said to
// other servers, who hear of the whole.
const STATUSES: &str = "\
    WITH p AS (SELECT ?::bigint AS account, ?::text AS notes, ?::timestamptz AS at, ?::timestamptz AS until, \
        ?::bigint AS most, ?::smallint AS deleted, ?::smallint AS unboosted), \
    chosen AS MATERIALIZED (SELECT s.id, s.visibility, s.local_only, s.reblog_of_id, s.in_reply_to_id, s.uri_hash \
        FROM p JOIN statuses s ON s.account_id = p.account ORDER BY s.id LIMIT (SELECT most FROM p)), \
    stones AS (INSERT INTO tombstones (uri_hash, kind, actor_id, subject_id, audience, created_at, until) \
        SELECT coalesce(c.uri_hash, encode(substring(sha256(convert_to(p.notes || c.id, 'UTF8')) FROM 1 FOR 16), 'hex')::uuid), \
        0, p.account, c.id, jsonb_build_object('visibility', c.visibility, 'local_only', true, 'open', \
            NOT c.local_only, 'in_reply_to_id', c.in_reply_to_id, \
            'boosted_by', coalesce((SELECT jsonb_agg(b.account_id) FROM statuses b WHERE b.reblog_of_id = c.id \
                AND b.account_id <> p.account), '[]')), \
        p.at, p.until FROM chosen c CROSS JOIN p WHERE c.reblog_of_id IS NULL ON CONFLICT DO NOTHING), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) \
        SELECT 2, CASE WHEN c.reblog_of_id IS NULL THEN p.deleted ELSE p.unboosted END, c.id, p.account, \
        c.reblog_of_id, p.at FROM chosen c CROSS JOIN p), \
    orphans AS (UPDATE statuses o SET version = o.version + 1 FROM chosen c CROSS JOIN p \
        WHERE o.in_reply_to_id = c.id AND o.account_id <> p.account), \
    gone AS (DELETE FROM statuses s USING chosen c WHERE s.id = c.id RETURNING s.id) \
    SELECT count(*) FROM gone";

/// Takes some of the statuses and boosts of an account that is gone, leaving stones until
/// `until`; `true` while more are left. `notes` is what the addresses of notes here begin
/// with.
pub async fn erase_statuses(
    conn: &mut Conn,
    account: Id,
    notes: String,
    until: DateTime<Utc>,
    at: DateTime<Utc>,
) -> Result<bool> {
    let (gone,): (i64,) = raw::<(BigInt,)>(STATUSES)
        .bind::<BigInt, _>(account)
        .bind::<Text, _>(notes)
        .bind::<Timestamptz, _>(at)
        .bind::<Timestamptz, _>(until)
        .bind::<BigInt, _>(AT_ONCE)
        .bind::<SmallInt, _>(EventKind::StatusDeleted as i16)
        .bind::<SmallInt, _>(EventKind::ReblogUndone as i16)
        .get_result(conn)
        .await?;
    Ok(gone > 0)
}

const BONDS: &str = "\
    WITH p AS (SELECT ?::bigint AS account, ?::timestamptz AS at, ?::bigint AS most, \
        ?::smallint AS ended, ?::smallint AS unliked, ?::smallint AS voted), \
    follows AS (DELETE FROM follows f WHERE f.id IN (SELECT x.id FROM follows x CROSS JOIN p \
        WHERE x.account_id = p.account OR x.target_id = p.account LIMIT (SELECT most FROM p)) \
        RETURNING f.id, f.account_id, f.target_id), \
    likes AS (DELETE FROM reactions r WHERE r.id IN (SELECT x.id FROM reactions x CROSS JOIN p \
        WHERE x.account_id = p.account LIMIT (SELECT most FROM p)) RETURNING r.id, r.status_id), \
    votes AS (DELETE FROM poll_votes v WHERE v.id IN (SELECT x.id FROM poll_votes x CROSS JOIN p \
        WHERE x.account_id = p.account LIMIT (SELECT most FROM p)) RETURNING v.id, v.status_id), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) \
        SELECT 2, p.ended, f.target_id, f.account_id, f.id, p.at FROM follows f CROSS JOIN p \
        UNION ALL SELECT 2, p.unliked, l.status_id, p.account, l.id, p.at FROM likes l CROSS JOIN p \
        UNION ALL SELECT 2, p.voted, v.status_id, p.account, v.id, p.at FROM votes v CROSS JOIN p) \
    SELECT (SELECT count(*) FROM follows) + (SELECT count(*) FROM likes) + (SELECT count(*) FROM votes)";

/// Takes some of the follows, favourites and votes of an account that is gone; `true` while
/// more are left.
pub async fn erase_bonds(conn: &mut Conn, account: Id, at: DateTime<Utc>) -> Result<bool> {
    let (gone,): (i64,) = raw::<(BigInt,)>(BONDS)
        .bind::<BigInt, _>(account)
        .bind::<Timestamptz, _>(at)
        .bind::<BigInt, _>(AT_ONCE)
        .bind::<SmallInt, _>(EventKind::FollowEnded as i16)
        .bind::<SmallInt, _>(EventKind::FavouriteUndone as i16)
        .bind::<SmallInt, _>(EventKind::PollVoted as i16)
        .get_result(conn)
        .await?;
    Ok(gone > 0)
}

const BARE: &str = "\
    WITH p AS (SELECT ?::bigint AS account), \
    login AS (DELETE FROM users u USING p WHERE u.account_id = p.account), \
    told AS (DELETE FROM notifications n USING p WHERE n.from_account_id = p.account OR n.account_id = p.account) \
    UPDATE accounts a SET display_name = '', note_html = '', note_source = NULL, fields = '[]', \
        avatar_path = NULL, header_path = NULL, avatar_description = '', header_description = '', \
        also_known_as = '{}', version = a.version + 1 FROM p WHERE a.id = p.account AND a.host_id IS NULL";

/// Takes the login with all that hangs on it, and every word of the profile. What is left is a
/// name, an address and a key.
pub async fn lay_bare(conn: &mut Conn, account: Id) -> Result<()> {
    raw::<()>(BARE)
        .bind::<BigInt, _>(account)
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether something that an account said still waits to be delivered: its key is needed.
pub async fn is_being_told(conn: &mut Conn, account: Id) -> Result<bool> {
    let (waits,): (bool,) = raw::<(Bool,)>(
        "SELECT EXISTS (SELECT 1 FROM activities a JOIN deliveries d ON d.activity_id = a.id WHERE a.actor_id = ?)",
    )
    .bind::<BigInt, _>(account)
    .get_result(conn)
    .await?;
    Ok(waits)
}

/// Takes the last of an account that its member deleted: its row and its key. The name and
/// the stone stay.
pub async fn bury(conn: &mut Conn, account: Id) -> Result<()> {
    raw::<()>(
        "DELETE FROM accounts a USING tombstones t WHERE a.id = ? AND a.host_id IS NULL \
         AND t.subject_id = a.id AND t.actor_id = a.id AND t.kind = 1",
    )
    .bind::<BigInt, _>(account)
    .execute(conn)
    .await?;
    Ok(())
}
