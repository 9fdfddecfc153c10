//! `heirs`, `heir_notices`, `heir_letters`: to whom the place goes when nobody comes back.
//!
//! What changes rows here is done under [`super::door::lock`]; compare-and-set on `ended_at` is
//! the second lock on the same door.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Binary, Bool, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use super::signs_of_life::keeps_the_light;
use crate::domain::heir::{HeirEnding, NoticeEnding};
use crate::domain::role::Role;
use crate::domain::{Id, Result};

/// Somebody to whom it was offered to be the heir, or who is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heir {
    /// `heirs.id`.
    pub id: i64,
    /// `users.id`; `None` when they are gone.
    pub user: Option<Id>,
    /// The local name; empty when they are gone.
    pub name: String,
    /// The name of the owner who offered it; empty when they are gone.
    pub by: String,
    /// When.
    pub offered_at: DateTime<Utc>,
    /// When they said yes.
    pub accepted_at: Option<DateTime<Utc>>,
    /// A member as they were then: active, no owner, with the role they had.
    pub good: bool,
    /// SHA-256 of the code in the letter.
    pub letter: Option<Vec<u8>>,
    /// Wrong codes within the day that began at `tried_from`.
    pub tries: i16,
    /// See `tries`.
    pub tried_from: Option<DateTime<Utc>>,
    /// What became of it.
    pub ending: Option<(HeirEnding, DateTime<Utc>)>,
}

type HeirRow = (
    i64,
    Option<Id>,
    String,
    String,
    DateTime<Utc>,
    Option<DateTime<Utc>>,
    bool,
    Option<Vec<u8>>,
    i16,
    Option<DateTime<Utc>>,
    Option<i16>,
    Option<DateTime<Utc>>,
);
type HeirSql = (
    BigInt,
    Nullable<BigInt>,
    Text,
    Text,
    Timestamptz,
    Nullable<Timestamptz>,
    Bool,
    Nullable<Binary>,
    SmallInt,
    Nullable<Timestamptz>,
    Nullable<SmallInt>,
    Nullable<Timestamptz>,
);

macro_rules! heirs {
    ($which:literal) => {
        concat!(
            "SELECT h.id, h.user_id, coalesce(u.username, ''), coalesce(o.username, ''), \
             h.offered_at, h.accepted_at, \
             coalesce(u.approved_at IS NOT NULL AND u.disabled_at IS NULL AND u.moved_at IS NULL AND u.role < 4 \
                 AND u.role_since <= h.offered_at AND coalesce(a.flags, 0) & 2 = 0, false), \
             h.letter, h.tries, h.tried_from, h.ending, h.ended_at \
             FROM heirs h LEFT JOIN users u ON u.id = h.user_id LEFT JOIN accounts a ON a.id = u.account_id \
             LEFT JOIN users o ON o.id = h.offered_by ",
            $which
        )
    };
}

fn heir(row: HeirRow) -> Heir {
    let (id, user, name, by, offered_at, accepted_at, good, letter, tries, tried_from, ending, at) =
        row;
    Heir {
        id,
        user,
        name,
        by,
        offered_at,
        accepted_at,
        good,
        letter,
        tries,
        tried_from,
        ending: ending.and_then(HeirEnding::from_number).zip(at),
    }
}

/// The one that is offered or named; there is one at most.
pub async fn open(conn: &mut Conn) -> Result<Option<Heir>> {
    let row: Option<HeirRow> = raw::<HeirSql>(heirs!("WHERE h.ended_at IS NULL"))
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(heir))
}

/// The last one, open or not.
pub async fn last(conn: &mut Conn) -> Result<Option<Heir>> {
    let row: Option<HeirRow> = raw::<HeirSql>(heirs!("ORDER BY h.id DESC LIMIT 1"))
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(heir))
}

/// Offers it to a user; none may be open.
pub async fn insert(conn: &mut Conn, user: Id, by: Id, at: DateTime<Utc>) -> Result<i64> {
    let (id,): (i64,) = raw::<(BigInt,)>(
        "INSERT INTO heirs (user_id, offered_by, offered_at) VALUES (?, ?, ?) RETURNING id",
    )
    .bind::<BigInt, _>(user)
    .bind::<BigInt, _>(by)
    .bind::<Timestamptz, _>(at)
    .get_result(conn)
    .await?;
    Ok(id)
}

/// Notes a yes, and what is kept of the letter; `false` where it was said, or it is over.
pub async fn accept(
    conn: &mut Conn,
    id: i64,
    letter: &[u8; 32],
    at: DateTime<Utc>,
) -> Result<bool> {
    let done = raw::<()>(
        "WITH p AS (SELECT ?::bigint AS id, ?::bytea AS letter, ?::timestamptz AS at) \
         UPDATE heirs h SET accepted_at = p.at, letter = p.letter FROM p \
         WHERE h.id = p.id AND h.accepted_at IS NULL AND h.ended_at IS NULL",
    )
    .bind::<BigInt, _>(id)
    .bind::<Binary, _>(letter.to_vec())
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(done == 1)
}

/// Counts a wrong code; the day begins with the first one.
pub async fn tried(conn: &mut Conn, id: i64, at: DateTime<Utc>) -> Result<()> {
    raw::<()>(
        "WITH p AS (SELECT ?::bigint AS id, ?::timestamptz AS at) \
         UPDATE heirs h SET tries = CASE WHEN h.tried_from > p.at - interval '1 day' THEN h.tries + 1 ELSE 1 END, \
             tried_from = CASE WHEN h.tried_from > p.at - interval '1 day' THEN h.tried_from ELSE p.at END \
         FROM p WHERE h.id = p.id AND h.ended_at IS NULL",
    )
    .bind::<BigInt, _>(id)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends it; the letter is void. `false` where it was over.
pub async fn end(conn: &mut Conn, id: i64, ending: HeirEnding, at: DateTime<Utc>) -> Result<bool> {
    let done = raw::<()>(
        "WITH p AS (SELECT ?::bigint AS id, ?::smallint AS ending, ?::timestamptz AS at) \
         UPDATE heirs h SET ended_at = p.at, ending = p.ending, letter = NULL FROM p \
         WHERE h.id = p.id AND h.ended_at IS NULL",
    )
    .bind::<BigInt, _>(id)
    .bind::<SmallInt, _>(ending as i16)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(done == 1)
}

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// `heir_notices.id`.
    pub id: i64,
    /// `heirs.id`.
    pub heir: i64,
    /// The heir's `users.id`; `None` when they are gone.
    pub user: Option<Id>,
    /// Their local name; empty when they are gone.
    pub name: String,
    /// The episode of the switch in which it began.
    pub episode: i64,
    /// When the letter was opened.
    pub begun_at: DateTime<Utc>,
    /// When they become owner, at the earliest.
    pub until: DateTime<Utc>,
    /// How long the server was up since it began.
    pub uptime: TimeDelta,
    /// How it ended.
    pub ending: Option<(NoticeEnding, DateTime<Utc>)>,
}

type NoticeRow = (
    i64,
    i64,
    Option<Id>,
    String,
    i64,
    DateTime<Utc>,
    DateTime<Utc>,
    i64,
    Option<i16>,
    Option<DateTime<Utc>>,
);
type NoticeSql = (
    BigInt,
    BigInt,
    Nullable<BigInt>,
    Text,
    BigInt,
    Timestamptz,
    Timestamptz,
    BigInt,
    Nullable<SmallInt>,
    Nullable<Timestamptz>,
);

macro_rules! notices {
    ($which:literal) => {
        concat!(
            "SELECT n.id, n.heir_id, h.user_id, coalesce(u.username, ''), n.episode_id, \
             n.begun_at, n.until, n.uptime_millis, n.ending, n.ended_at \
             FROM heir_notices n JOIN heirs h ON h.id = n.heir_id LEFT JOIN users u ON u.id = h.user_id ",
            $which
        )
    };
}

fn notice(row: NoticeRow) -> Notice {
    let (id, heir, user, name, episode, begun_at, until, uptime, ending, ended_at) = row;
    Notice {
        id,
        heir,
        user,
        name,
        episode,
        begun_at,
        until,
        uptime: TimeDelta::milliseconds(uptime),
        ending: ending.and_then(NoticeEnding::from_number).zip(ended_at),
    }
}

/// The notice that runs; there is one at most.
pub async fn running(conn: &mut Conn) -> Result<Option<Notice>> {
    let row: Option<NoticeRow> = raw::<NoticeSql>(notices!("WHERE n.ended_at IS NULL"))
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(notice))
}

/// A notice, over or not.
pub async fn find_notice(conn: &mut Conn, id: i64) -> Result<Option<Notice>> {
    let row: Option<NoticeRow> = raw::<NoticeSql>(notices!("WHERE n.id = ?"))
        .bind::<BigInt, _>(id)
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(notice))
}

/// Begins one; `None` where one runs.
pub async fn begin_notice(
    conn: &mut Conn,
    heir: i64,
    episode: i64,
    at: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Option<i64>> {
    let row: Option<(i64,)> = raw::<(BigInt,)>(
        "INSERT INTO heir_notices (heir_id, episode_id, begun_at, until) VALUES (?, ?, ?, ?) \
         ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind::<BigInt, _>(heir)
    .bind::<BigInt, _>(episode)
    .bind::<Timestamptz, _>(at)
    .bind::<Timestamptz, _>(until)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(|(id,)| id))
}

/// Ends one; `false` where somebody was faster.
pub async fn end_notice(
    conn: &mut Conn,
    id: i64,
    ending: NoticeEnding,
    at: DateTime<Utc>,
) -> Result<bool> {
    let done = raw::<()>(
        "WITH p AS (SELECT ?::bigint AS id, ?::smallint AS ending, ?::timestamptz AS at) \
         UPDATE heir_notices n SET ended_at = p.at, ending = p.ending FROM p \
         WHERE n.id = p.id AND n.ended_at IS NULL",
    )
    .bind::<BigInt, _>(id)
    .bind::<SmallInt, _>(ending as i16)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(done == 1)
}

/// When an owner or admin was there last, in that role; the heir aside.
pub async fn last_sign(conn: &mut Conn, heir: Option<Id>) -> Result<Option<DateTime<Utc>>> {
    let (at,): (Option<DateTime<Utc>>,) = raw::<(Nullable<Timestamptz>,)>(concat!(
        "WITH p AS (SELECT ?::smallint AS least, ?::bigint AS heir) \
         SELECT max(s.at) FROM p JOIN users u ON u.role >= p.least AND u.id IS DISTINCT FROM p.heir \
         CROSS JOIN (VALUES (0::smallint), (1::smallint), (2::smallint), (3::smallint)) k (kind) \
         CROSS JOIN LATERAL (SELECT s.at FROM signs_of_life s WHERE s.user_id = u.id AND s.kind = k.kind \
             AND s.at >= u.role_since ORDER BY s.at DESC LIMIT 1) s WHERE ",
        keeps_the_light!(),
    ))
    .bind::<SmallInt, _>(Role::Admin as i16)
    .bind::<Nullable<BigInt>, _>(heir)
    .get_result(conn)
    .await?;
    Ok(at)
}

/// Whether that user became owner as the heir, in that episode.
pub async fn succeeded_in(conn: &mut Conn, user: Id, episode: i64) -> Result<bool> {
    let (did,): (bool,) = raw::<(Bool,)>(
        "SELECT EXISTS (SELECT 1 FROM heir_notices n JOIN heirs h ON h.id = n.heir_id \
         WHERE h.user_id = ? AND n.episode_id = ? AND n.ending = 3)",
    )
    .bind::<BigInt, _>(user)
    .bind::<BigInt, _>(episode)
    .get_result(conn)
    .await?;
    Ok(did)
}

/// When heirs became owners, the last first; 20 at the most.
pub async fn successions(conn: &mut Conn) -> Result<Vec<DateTime<Utc>>> {
    let rows: Vec<(DateTime<Utc>,)> = raw::<(Timestamptz,)>(
        "SELECT ended_at FROM heir_notices WHERE ending = 3 ORDER BY id DESC LIMIT 20",
    )
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|(at,)| at).collect())
}

/// Notes that these hear of a notice; gives those who had not.
pub async fn take(conn: &mut Conn, notice: i64, users: &[Id]) -> Result<Vec<Id>> {
    use diesel::sql_types::Array;
    let rows: Vec<(Id,)> = raw::<(BigInt,)>(
        "INSERT INTO heir_letters (notice_id, user_id) SELECT ?, unnest(?::bigint[]) \
         ON CONFLICT DO NOTHING RETURNING user_id",
    )
    .bind::<BigInt, _>(notice)
    .bind::<Array<BigInt>, _>(users.to_vec())
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Members who were not told yet and can be mailed, a batch; they count as told now. Who has
/// moved away already is left alone.
pub async fn take_members(conn: &mut Conn, notice: i64, batch: i64) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = raw::<(BigInt,)>(
        "WITH p AS (SELECT ?::bigint AS notice, ?::bigint AS batch) \
         INSERT INTO heir_letters (notice_id, user_id) \
         SELECT p.notice, u.id FROM p CROSS JOIN LATERAL ( \
             SELECT u.id FROM users u \
             WHERE u.approved_at IS NOT NULL AND u.disabled_at IS NULL AND u.moved_at IS NULL \
               AND u.email IS NOT NULL AND u.email_confirmed_at IS NOT NULL \
               AND NOT EXISTS (SELECT 1 FROM heir_letters l WHERE l.notice_id = p.notice AND l.user_id = u.id) \
             ORDER BY u.id LIMIT p.batch) u \
         ON CONFLICT DO NOTHING RETURNING user_id",
    )
    .bind::<BigInt, _>(notice)
    .bind::<BigInt, _>(batch)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Forgets who was told of notices that ended before that time, up to 1,000 rows; gives how many.
pub async fn sweep_letters(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize> {
    Ok(raw::<()>(
        "DELETE FROM heir_letters l USING ( \
             SELECT o.notice_id, o.user_id \
             FROM heir_notices n JOIN heir_letters o ON o.notice_id = n.id \
             WHERE n.ended_at < ? ORDER BY o.notice_id, o.user_id LIMIT 1000) old \
         WHERE (l.notice_id, l.user_id) = (old.notice_id, old.user_id)",
    )
    .bind::<Timestamptz, _>(before)
    .execute(conn)
    .await?)
}
