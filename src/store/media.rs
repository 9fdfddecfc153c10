//! Media of accounts, until they are attached and after.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{
    Array, BigInt, Binary, Date, Float, Integer, Nullable, SmallInt, Text, Timestamptz,
};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result, ids};
use crate::model::status_parts::Attached;

/// Media that one account may upload in a day without attaching them.
pub const MOST_LOOSE: i64 = 100;

/// A picture that was stored and is ready to be attached.
#[derive(Debug, Clone, Default)]
pub struct NewPicture {
    /// Whose.
    pub account: Id,
    /// In public storage.
    pub path: String,
    /// The same, small.
    pub preview_path: Option<String>,
    /// The type it is served as.
    pub mime: String,
    /// Bytes.
    pub size: i64,
    /// Bytes of the file as it came; `None` where it was not uploaded as a post's.
    pub uploaded: Option<i64>,
    /// Pixels.
    pub width: i32,
    /// Pixels.
    pub height: i32,
    /// A blurred stand-in.
    pub blurhash: Option<String>,
    /// The point that should stay in view, -1 to 1: left to right, bottom to top.
    pub focus: Option<(f32, f32)>,
    /// Alternative text, or empty.
    pub description: String,
    /// Of the upload.
    pub sha256: Option<Vec<u8>>,
    /// Alike pictures differ in few bits.
    pub look: Option<i64>,
}

type Columns = (
    (BigInt, SmallInt),
    (Nullable<Text>, Nullable<Text>, Nullable<Text>),
    (Nullable<Integer>, Nullable<Integer>, Nullable<Text>),
    (Nullable<Float>, Nullable<Float>, Text),
);
type Row = (
    (Id, i16),
    (Option<String>, Option<String>, Option<String>),
    (Option<i32>, Option<i32>, Option<String>),
    (Option<f32>, Option<f32>, String),
);

macro_rules! columns {
    () => {
        "m.id, m.kind, m.path, m.preview_path, m.remote_url, m.width, m.height, m.blurhash, \
         m.focus_x, m.focus_y, m.description"
    };
}

const INSERT: &str = concat!(
    "WITH p AS (SELECT ?::bigint AS account, ?::text AS path, ?::text AS preview, ?::text AS mime, ",
    "?::bigint AS size, ?::integer AS width, ?::integer AS height, ?::text AS blurhash, ",
    "?::real AS x, ?::real AS y, ?::text AS description, ?::bytea AS sha256, ?::bigint AS look, ",
    "?::bigint AS uploaded, ?::timestamptz AS at, ?::timestamptz AS since, ?::bigint AS most) ",
    "INSERT INTO media AS m (id, account_id, kind, state, path, preview_path, mime, size, width, ",
    "height, blurhash, focus_x, focus_y, description, sha256, perceptual_hash, uploaded, created_at) ",
    "SELECT next_id(at), account, 0, 1, path, preview, mime, size, width, height, blurhash, ",
    "x, y, description, sha256, look, uploaded, at FROM p ",
    "WHERE (SELECT count(*) FROM media l WHERE l.account_id = p.account AND l.status_id IS NULL ",
    "AND l.created_at > p.since) < p.most RETURNING ",
    columns!()
);

/// Writes a picture that belongs to no status yet; `None` when the account has
/// [`MOST_LOOSE`] such media of the last day.
pub async fn insert(
    conn: &mut Conn,
    new: NewPicture,
    at: DateTime<Utc>,
) -> Result<Option<Attached>> {
    let row: Option<Row> = raw::<Columns>(INSERT)
        .bind::<BigInt, _>(new.account)
        .bind::<Text, _>(new.path)
        .bind::<Nullable<Text>, _>(new.preview_path)
        .bind::<Text, _>(new.mime)
        .bind::<BigInt, _>(new.size)
        .bind::<Integer, _>(new.width)
        .bind::<Integer, _>(new.height)
        .bind::<Nullable<Text>, _>(new.blurhash)
        .bind::<Nullable<Float>, _>(new.focus.map(|(x, _)| x))
        .bind::<Nullable<Float>, _>(new.focus.map(|(_, y)| y))
        .bind::<Text, _>(new.description)
        .bind::<Nullable<Binary>, _>(new.sha256)
        .bind::<Nullable<BigInt>, _>(new.look)
        .bind::<Nullable<BigInt>, _>(new.uploaded)
        .bind::<Timestamptz, _>(at)
        .bind::<Timestamptz, _>(at - TimeDelta::days(1))
        .bind::<BigInt, _>(MOST_LOOSE)
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(attached))
}

/// What an account uploaded lately, and how it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    /// Bytes of the files as they came.
    pub bytes: i64,
    /// Staff limited or held it, or put it on probation.
    pub restrained: bool,
    /// It is established, or staff.
    pub established: bool,
}

/// Reads that; `since` is when it begins.
pub async fn used(conn: &mut Conn, account: Id, since: DateTime<Utc>) -> Result<Used> {
    use diesel::sql_types::Bool;
    let (bytes, restrained, established) = raw::<(BigInt, Bool, Bool)>(
        "WITH p AS (SELECT ?::bigint AS account, ?::bigint AS first) \
         SELECT coalesce((SELECT sum(m.uploaded) FROM media m \
                          WHERE m.account_id = p.account AND m.id >= p.first), 0)::bigint, \
                EXISTS (SELECT 1 FROM accounts a WHERE a.id = p.account AND a.flags & 69 <> 0), \
                EXISTS (SELECT 1 FROM users u WHERE u.account_id = p.account AND u.role > 0) \
                OR EXISTS (SELECT 1 FROM author_standing e WHERE e.account_id = p.account \
                           AND e.established_at IS NOT NULL) FROM p",
    )
    .bind::<BigInt, _>(account)
    .bind::<BigInt, _>(ids::first_at(since))
    .get_result(conn)
    .await?;
    Ok(Used {
        bytes,
        restrained,
        established,
    })
}

const FIND: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM media m WHERE m.id = ? AND m.account_id = ? AND m.status_id IS NULL"
);

/// An account's own medium, while it belongs to no status.
pub async fn find_loose(conn: &mut Conn, id: Id, account: Id) -> Result<Option<Attached>> {
    let row: Option<Row> = raw::<Columns>(FIND)
        .bind::<BigInt, _>(id)
        .bind::<BigInt, _>(account)
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(attached))
}

const DESCRIBE: &str = concat!(
    "WITH p AS (SELECT ?::bigint AS id, ?::bigint AS account, ?::text AS description, ",
    "?::real AS x, ?::real AS y) ",
    "UPDATE media m SET description = coalesce(p.description, m.description), ",
    "focus_x = coalesce(p.x, m.focus_x), focus_y = coalesce(p.y, m.focus_y) FROM p ",
    "WHERE m.id = p.id AND m.account_id = p.account AND m.status_id IS NULL RETURNING ",
    columns!()
);

/// Describes an account's own medium, while it belongs to no status; `None` keeps a value.
pub async fn describe(
    conn: &mut Conn,
    id: Id,
    account: Id,
    description: Option<String>,
    focus: Option<(f32, f32)>,
) -> Result<Option<Attached>> {
    let row: Option<Row> = raw::<Columns>(DESCRIBE)
        .bind::<BigInt, _>(id)
        .bind::<BigInt, _>(account)
        .bind::<Nullable<Text>, _>(description)
        .bind::<Nullable<Float>, _>(focus.map(|(x, _)| x))
        .bind::<Nullable<Float>, _>(focus.map(|(_, y)| y))
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(attached))
}

/// What a medium is to its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removed {
    /// There is none.
    NotThere,
    /// A status has it.
    InUse,
    /// It is gone; these were its files.
    Gone(Vec<String>),
}

/// Deletes an account's own medium unless a status has it. Its files are the caller's.
pub async fn delete_loose(conn: &mut Conn, id: Id, account: Id) -> Result<Removed> {
    let gone = delete_all_loose(conn, vec![id], account).await?;
    if !gone.is_empty() {
        return Ok(Removed::Gone(gone));
    }
    let there: Option<(Id,)> =
        raw::<(BigInt,)>("SELECT id FROM media WHERE id = ? AND account_id = ?")
            .bind::<BigInt, _>(id)
            .bind::<BigInt, _>(account)
            .get_result(conn)
            .await
            .optional()?;
    Ok(if there.is_some() {
        Removed::InUse
    } else {
        Removed::NotThere
    })
}

/// Deletes those of an account's media that no status has; gives the paths of their files.
pub async fn delete_all_loose(conn: &mut Conn, ids: Vec<Id>, account: Id) -> Result<Vec<String>> {
    let rows: Vec<(Option<String>, Option<String>)> = raw::<(Nullable<Text>, Nullable<Text>)>(
        "DELETE FROM media WHERE id = ANY (?) AND account_id = ? AND status_id IS NULL \
         RETURNING path, preview_path",
    )
    .bind::<Array<BigInt>, _>(ids)
    .bind::<BigInt, _>(account)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .flat_map(|(path, preview)| [path, preview])
        .flatten()
        .collect())
}

fn attached(row: Row) -> Attached {
    let (
        (id, kind),
        (path, preview_path, remote_url),
        (width, height, blurhash),
        (focus_x, focus_y, description),
    ) = row;
    Attached {
        id,
        kind,
        path,
        preview_path,
        remote_url,
        width,
        height,
        blurhash,
        focus_x,
        focus_y,
        description,
    }
}

/// What [`sweep`] deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Swept {
    /// Media.
    pub rows: usize,
    /// The paths of their files.
    pub files: Vec<String>,
}

// A status has it again: the count begins anew when it is loose the next time.
const TAKEN: &str = "\
    UPDATE media SET last_used_on = NULL \
    WHERE status_id IS NOT NULL AND remote_url IS NULL AND last_used_on IS NOT NULL";
const SEEN_LOOSE: &str = "\
    WITH p AS (SELECT ?::date AS today) \
    UPDATE media SET last_used_on = p.today FROM p \
    WHERE status_id IS NULL AND remote_url IS NULL AND last_used_on IS NULL";
const LOOSE_TOO_LONG: &str = "\
    DELETE FROM media WHERE id IN ( \
      SELECT id FROM media WHERE status_id IS NULL AND remote_url IS NULL AND last_used_on < ? \
      LIMIT 100) \
    RETURNING path, preview_path";

/// Notes which local media no status has, and deletes those that were noted so before the day
/// of `before`; a hundred at the most. Their files are the caller's.
pub async fn sweep(conn: &mut Conn, now: DateTime<Utc>, before: DateTime<Utc>) -> Result<Swept> {
    raw::<()>(TAKEN).execute(conn).await?;
    raw::<()>(SEEN_LOOSE)
        .bind::<Date, _>(now.date_naive())
        .execute(conn)
        .await?;
    let rows: Vec<(Option<String>, Option<String>)> =
        raw::<(Nullable<Text>, Nullable<Text>)>(LOOSE_TOO_LONG)
            .bind::<Date, _>(before.date_naive())
            .load(conn)
            .await?;
    Ok(Swept {
        rows: rows.len(),
        files: rows
            .into_iter()
            .flat_map(|(path, preview)| [path, preview])
            .flatten()
            .collect(),
    })
}
