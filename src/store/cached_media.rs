//! Files of other servers that are kept here for a while: what lies where, and who fetches what.
//! What goes is in `cached_media_room`. The files themselves are the caller's.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{
    BigInt, Date, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::Conn;
use super::raw::raw;
use crate::domain::remote_media::Kind;
use crate::domain::{Id, Result};

/// `cached_media.state`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Somebody is at it, until a lease ends.
    Fetching,
    /// It lies here.
    Here,
    /// It could not be had; not to be tried before `until`.
    Failed,
    /// Its files are being removed.
    Going,
}

/// A row of the cache.
#[derive(Debug, Clone, PartialEq)]
pub struct Cached {
    /// `cached_media.id`.
    pub id: i64,
    /// How it stands.
    pub state: State,
    /// Where the file lies.
    pub path: Option<String>,
    /// Of a picture attached: the small one.
    pub preview_path: Option<String>,
    /// The end of the lease; the next try.
    pub until: Option<DateTime<Utc>>,
    /// The day it was last looked at.
    pub last_used_on: NaiveDate,
}

/// Something that a row of ours shows and that lies on another server.
#[derive(Debug, Clone, PartialEq)]
pub struct Original {
    /// What it is.
    pub kind: Kind,
    /// `cached_media.source_id`.
    pub source: Id,
    /// Where it lies.
    pub url: String,
    /// Of attachments `media.kind`: 0 image, 2 film, 3 sound, …; 0 for all others.
    pub medium: i16,
    /// The server whose people show it.
    pub host: Id,
    /// Its name.
    pub domain: String,
    /// `accounts.flags` of whoever shows it.
    pub account_flags: i32,
    /// What the cache knows of it.
    pub cached: Option<Cached>,
}

/// SQL: the value of `url_hash` for a URL.
macro_rules! hash {
    ($url:literal) => {
        concat!(
            "encode(substring(sha256(convert_to(",
            $url,
            ", 'UTF8')) FROM 1 FOR 16), 'hex')::uuid"
        )
    };
}

pub(super) use hash;

/// One statement a kind; all take the id and, for emoji, a URL.
macro_rules! find {
    ($url:literal, $medium:literal, $kind:literal, $source:literal, $from:literal, $where:literal) => {
        concat!(
            "WITH p AS (SELECT ?::bigint AS id, ?::text AS url) SELECT ",
            $source,
            ", ",
            $url,
            ", ",
            $medium,
            ", h.id, h.domain, a.flags, c.id, c.state, c.path, c.preview_path, c.until, c.last_used_on FROM p ",
            $from,
            " JOIN hosts h ON h.id = a.host_id LEFT JOIN cached_media c ON c.kind = ",
            $kind,
            " AND c.source_id = ",
            $source,
            " AND c.url_hash = ",
            hash!($url),
            " WHERE ",
            $where
        )
    };
}

const ATTACHMENT: &str = find!(
    "m.remote_url",
    "m.kind",
    "0",
    "m.id",
    "JOIN media m ON m.id = p.id JOIN accounts a ON a.id = m.account_id",
    "m.remote_url IS NOT NULL AND m.status_id IS NOT NULL"
);
const AVATAR: &str = find!(
    "a.avatar_remote_url",
    "0::smallint",
    "1",
    "a.id",
    "JOIN accounts a ON a.id = p.id",
    "a.avatar_remote_url IS NOT NULL"
);
const HEADER: &str = find!(
    "a.header_remote_url",
    "0::smallint",
    "2",
    "a.id",
    "JOIN accounts a ON a.id = p.id",
    "a.header_remote_url IS NOT NULL"
);
const EMOJI: &str = find!(
    "p.url",
    "0::smallint",
    "3",
    "h.id",
    "JOIN accounts a ON a.id = p.id",
    "true"
);

type OriginalColumns = (
    (BigInt, Text, SmallInt, BigInt, Text, Integer),
    (Nullable<BigInt>, Nullable<SmallInt>),
    (Nullable<Text>, Nullable<Text>),
    (Nullable<Timestamptz>, Nullable<Date>),
);
type OriginalRow = (
    (Id, String, i16, Id, String, i32),
    (Option<i64>, Option<i16>),
    (Option<String>, Option<String>),
    (Option<DateTime<Utc>>, Option<NaiveDate>),
);

/// What the row of that id shows now; `None` when there is no such row, or nothing of it lies
/// elsewhere. `emoji`: the URL that stands in the address of one, which the caller has checked.
pub async fn find(
    conn: &mut Conn,
    kind: Kind,
    id: Id,
    emoji: Option<String>,
) -> Result<Option<Original>> {
    let statement = match kind {
        Kind::Attachment => ATTACHMENT,
        Kind::Avatar => AVATAR,
        Kind::Header => HEADER,
        Kind::Emoji => EMOJI,
    };
    let row: Option<OriginalRow> = raw::<OriginalColumns>(statement)
        .bind::<BigInt, _>(id)
        .bind::<Text, _>(emoji.unwrap_or_default())
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(|row| {
        let (
            (source, url, medium, host, domain, account_flags),
            (cached, state),
            (path, preview_path),
            (until, last_used_on),
        ) = row;
        Original {
            kind,
            source,
            url,
            medium,
            host,
            domain,
            account_flags,
            cached: cached.map(|id| Cached {
                id,
                state: state_of(state.unwrap_or(3)),
                path,
                preview_path,
                until,
                last_used_on: last_used_on.unwrap_or_default(),
            }),
        }
    }))
}

/// How an original stands now; `None` when the cache knows nothing of it.
pub async fn state(conn: &mut Conn, original: &Original) -> Result<Option<State>> {
    let row: Option<(i16,)> = raw::<(SmallInt,)>(concat!(
        "WITH p AS (SELECT ?::smallint AS kind, ?::bigint AS source, ?::text AS url) \
         SELECT c.state FROM p JOIN cached_media c ON c.kind = p.kind AND c.source_id = p.source \
         AND c.url_hash = ",
        hash!("p.url")
    ))
    .bind::<SmallInt, _>(original.kind.number())
    .bind::<BigInt, _>(original.source)
    .bind::<Text, _>(original.url.clone())
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(|(state,)| state_of(state)))
}

fn state_of(number: i16) -> State {
    match number {
        0 => State::Fetching,
        1 => State::Here,
        2 => State::Failed,
        _ => State::Going,
    }
}

/// A fetch that this process has taken on.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed {
    /// `cached_media.id`.
    pub id: i64,
    /// Who holds it.
    pub holder: Uuid,
    /// How often in a row it failed.
    pub fails: i16,
    /// Files of an earlier fetch that did not come to its end.
    pub left_over: Vec<String>,
}

const CLAIM: &str = concat!(
    "WITH p AS (SELECT ?::smallint AS kind, ?::bigint AS source, ?::text AS url, ?::bigint AS host, \
     ?::uuid AS holder, ?::timestamptz AS until, ?::date AS today) \
     INSERT INTO cached_media AS c (kind, source_id, url_hash, host_id, state, holder, until, last_used_on) \
     SELECT p.kind, p.source, ",
    hash!("p.url"),
    ", p.host, 0, p.holder, p.until, p.today FROM p \
     ON CONFLICT (kind, source_id, url_hash) DO UPDATE SET state = 0, holder = EXCLUDED.holder, \
     until = EXCLUDED.until, host_id = EXCLUDED.host_id, last_used_on = EXCLUDED.last_used_on \
     WHERE c.state IN (0, 2) AND c.until <= ? \
     RETURNING c.id, c.fails, c.path, c.preview_path"
);

/// Takes on the fetch of an original until `until`. `None` while somebody else is at it, when it
/// is here already, or when it failed and its time has not come.
pub async fn claim(
    conn: &mut Conn,
    original: &Original,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Option<Claimed>> {
    let holder = Uuid::new_v4();
    type Row = (i64, i16, Option<String>, Option<String>);
    let row: Option<Row> = raw::<(BigInt, SmallInt, Nullable<Text>, Nullable<Text>)>(CLAIM)
        .bind::<SmallInt, _>(original.kind.number())
        .bind::<BigInt, _>(original.source)
        .bind::<Text, _>(original.url.clone())
        .bind::<BigInt, _>(original.host)
        .bind::<SqlUuid, _>(holder)
        .bind::<Timestamptz, _>(until)
        .bind::<Date, _>(now.date_naive())
        .bind::<Timestamptz, _>(now)
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(|(id, fails, path, preview)| Claimed {
        id,
        holder,
        fails,
        left_over: path.into_iter().chain(preview).collect(),
    }))
}

/// Notes where the files of a fetch will lie, before they are written; `false` when the claim is
/// lost, and nothing may be written.
pub async fn place(
    conn: &mut Conn,
    claimed: &Claimed,
    path: &str,
    preview_path: Option<String>,
) -> Result<bool> {
    let touched = raw::<()>(
        "UPDATE cached_media SET path = ?, preview_path = ? WHERE id = ? AND holder = ? AND state = 0",
    )
    .bind::<Text, _>(path.to_owned())
    .bind::<Nullable<Text>, _>(preview_path)
    .bind::<BigInt, _>(claimed.id)
    .bind::<SqlUuid, _>(claimed.holder)
    .execute(conn)
    .await?;
    Ok(touched > 0)
}

/// The files are whole; `false` when the claim is lost, and they must go.
pub async fn done(
    conn: &mut Conn,
    claimed: &Claimed,
    bytes: i64,
    now: DateTime<Utc>,
) -> Result<bool> {
    let touched = raw::<()>(
        "UPDATE cached_media SET state = 1, holder = NULL, until = NULL, fails = 0, bytes = ?, \
         fetched_at = ?, last_used_on = ? WHERE id = ? AND holder = ? AND state = 0",
    )
    .bind::<BigInt, _>(bytes)
    .bind::<Timestamptz, _>(now)
    .bind::<Date, _>(now.date_naive())
    .bind::<BigInt, _>(claimed.id)
    .bind::<SqlUuid, _>(claimed.holder)
    .execute(conn)
    .await?;
    Ok(touched > 0)
}

/// A picture attached is so large, and looks like this from afar: kept where its server said
/// nothing, or something that would be laid out wrongly (a ratio off by more than a fiftieth). Its
/// post is another version then.
pub async fn note_shape(
    conn: &mut Conn,
    original: &Original,
    (width, height): (i32, i32),
    blurhash: &str,
) -> Result<()> {
    raw::<()>(
        "WITH p AS (SELECT ?::bigint AS id, ?::text AS url, ?::integer AS width, ?::integer AS height, ?::text AS hash), \
         did AS (UPDATE media m SET width = p.width, height = p.height, blurhash = coalesce(m.blurhash, p.hash) \
             FROM p WHERE m.id = p.id AND m.remote_url = p.url AND (m.width IS NULL OR m.height IS NULL \
             OR m.blurhash IS NULL OR abs(m.width::float8 * p.height - m.height::float8 * p.width) \
             > m.height::float8 * p.height / 50) RETURNING m.status_id) \
         UPDATE statuses s SET version = s.version + 1 FROM did WHERE s.id = did.status_id",
    )
    .bind::<BigInt, _>(original.source)
    .bind::<Text, _>(original.url.clone())
    .bind::<Integer, _>(width)
    .bind::<Integer, _>(height)
    .bind::<Text, _>(blurhash.to_owned())
    .execute(conn)
    .await?;
    Ok(())
}

/// The fetch came to nothing, and left no files.
pub async fn failed(conn: &mut Conn, claimed: &Claimed, until: DateTime<Utc>) -> Result<()> {
    raw::<()>(
        "UPDATE cached_media SET state = 2, holder = NULL, until = ?, path = NULL, \
         preview_path = NULL, bytes = 0, fails = LEAST(fails + 1, 100)::smallint \
         WHERE id = ? AND holder = ? AND state = 0",
    )
    .bind::<Timestamptz, _>(until)
    .bind::<BigInt, _>(claimed.id)
    .bind::<SqlUuid, _>(claimed.holder)
    .execute(conn)
    .await?;
    Ok(())
}

/// A file that should lie there does not: it may be fetched again at once.
pub async fn lost(conn: &mut Conn, id: i64, path: &str, now: DateTime<Utc>) -> Result<()> {
    raw::<()>(
        "UPDATE cached_media SET state = 2, until = ?, bytes = 0 WHERE id = ? AND state = 1 AND ? IN (path, preview_path)",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(id)
    .bind::<Text, _>(path.to_owned())
    .execute(conn)
    .await?;
    Ok(())
}

/// Somebody looked at it today: written once a day and file.
pub async fn used(conn: &mut Conn, id: i64, today: NaiveDate) -> Result<()> {
    raw::<()>(
        "WITH p AS (SELECT ?::date AS today, ?::bigint AS id) UPDATE cached_media c SET last_used_on = p.today \
         FROM p WHERE c.id = p.id AND c.last_used_on < p.today",
    )
    .bind::<Date, _>(today)
    .bind::<BigInt, _>(id)
    .execute(conn)
    .await?;
    Ok(())
}
