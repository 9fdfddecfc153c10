//! How full the cache of files of other servers is, and what goes from it. A row is marked first;
//! its files, which are the caller's, go before it.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::cached_media::hash;
use super::raw::raw;
use crate::domain::{Id, Result};

/// Failed fetches that are remembered; beyond, the longest unused are forgotten.
const MOST_FAILED: i64 = 50_000;
/// Rows that one statement marks as going.
pub const MARKED_AT_ONCE: i64 = 500;

/// How full the cache is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Bytes of all files.
    pub bytes: i64,
    /// Originals that lie here.
    pub files: i64,
    /// Fetches that failed and are remembered.
    pub failed: i64,
}

/// How full it is.
pub async fn usage(conn: &mut Conn) -> Result<Usage> {
    let (bytes, files, failed): (i64, i64, i64) = raw::<(BigInt, BigInt, BigInt)>(
        "SELECT coalesce(sum(bytes), 0)::bigint, count(*) FILTER (WHERE state = 1), \
         count(*) FILTER (WHERE state = 2) FROM cached_media",
    )
    .get_result(conn)
    .await?;
    Ok(Usage {
        bytes,
        files,
        failed,
    })
}

/// Bytes that are kept of what the people of a server show.
pub async fn bytes_of(conn: &mut Conn, host: Id) -> Result<i64> {
    let (bytes,): (i64,) = raw::<(BigInt,)>(
        "SELECT coalesce(sum(bytes), 0)::bigint FROM cached_media WHERE host_id = ?",
    )
    .bind::<BigInt, _>(host)
    .get_result(conn)
    .await?;
    Ok(bytes)
}

/// The servers of whose people most is kept: name, bytes, files.
pub async fn largest(conn: &mut Conn, most: i64) -> Result<Vec<(String, i64, i64)>> {
    Ok(raw::<(Text, BigInt, BigInt)>(
        "SELECT h.domain, sum(c.bytes)::bigint, count(*) FROM cached_media c JOIN hosts h ON h.id = c.host_id \
         WHERE c.state = 1 GROUP BY h.domain ORDER BY 2 DESC, 1 LIMIT ?",
    )
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?)
}

const EVICT: &str = "\
    WITH p AS (SELECT ?::bigint AS excess, ?::bigint AS most), \
    oldest AS (SELECT id, bytes, last_used_on FROM cached_media WHERE state = 1 \
        ORDER BY last_used_on, id LIMIT (SELECT most FROM p)), \
    ranked AS (SELECT o.id, sum(o.bytes) OVER (ORDER BY o.last_used_on, o.id) - o.bytes AS before FROM oldest o) \
    UPDATE cached_media c SET state = 3 FROM ranked r, p \
    WHERE c.id = r.id AND c.state = 1 AND r.before < p.excess";

/// Marks what was not used for the longest time as going, until `excess` bytes are; at most
/// [`MARKED_AT_ONCE`] rows. Gives how many.
pub async fn evict(conn: &mut Conn, excess: i64) -> Result<usize> {
    Ok(raw::<()>(EVICT)
        .bind::<BigInt, _>(excess)
        .bind::<BigInt, _>(MARKED_AT_ONCE)
        .execute(conn)
        .await?)
}

// What shows a file is asked as it is now: the post, the account, the URL, what holds for the
// server. 6 = suspended or no media (`model::host::flags`), 2 = suspended (`account::flags`).
const UNWANTED: &str = concat!(
    "WITH p AS (SELECT ?::timestamptz AS long_ago, ?::bigint AS most), \
     gone AS (SELECT c.id FROM p CROSS JOIN cached_media c JOIN hosts h ON h.id = c.host_id WHERE c.state <> 3 AND ( \
     c.until < p.long_ago OR h.flags & 6 <> 0 OR NOT CASE c.kind \
     WHEN 0 THEN EXISTS (SELECT 1 FROM media m JOIN accounts a ON a.id = m.account_id WHERE m.id = c.source_id \
        AND m.status_id IS NOT NULL AND a.flags & 2 = 0 AND c.url_hash = ",
    hash!("m.remote_url"),
    ") WHEN 1 THEN EXISTS (SELECT 1 FROM accounts a WHERE a.id = c.source_id AND a.flags & 2 = 0 AND c.url_hash = ",
    hash!("a.avatar_remote_url"),
    ") WHEN 2 THEN EXISTS (SELECT 1 FROM accounts a WHERE a.id = c.source_id AND a.flags & 2 = 0 AND c.url_hash = ",
    hash!("a.header_remote_url"),
    ") ELSE true END) LIMIT (SELECT most FROM p)) \
     UPDATE cached_media c SET state = 3, holder = NULL, until = NULL FROM gone WHERE c.id = gone.id"
);

/// Marks as going what nothing shows any more, what is refused, and what failed or was given up
/// before `long_ago`; at most [`MARKED_AT_ONCE`] rows. Gives how many.
pub async fn unwanted(conn: &mut Conn, long_ago: DateTime<Utc>) -> Result<usize> {
    Ok(raw::<()>(UNWANTED)
        .bind::<Timestamptz, _>(long_ago)
        .bind::<BigInt, _>(MARKED_AT_ONCE)
        .execute(conn)
        .await?)
}

/// Marks failures beyond [`MOST_FAILED`] as going; at most [`MARKED_AT_ONCE`]. Gives how many.
pub async fn too_many_failed(conn: &mut Conn) -> Result<usize> {
    Ok(raw::<()>(
        "WITH extra AS (SELECT id FROM cached_media WHERE state = 2 ORDER BY last_used_on DESC, id DESC OFFSET ? LIMIT ?) \
         UPDATE cached_media c SET state = 3, until = NULL FROM extra WHERE c.id = extra.id AND c.state = 2",
    )
    .bind::<BigInt, _>(MOST_FAILED)
    .bind::<BigInt, _>(MARKED_AT_ONCE)
    .execute(conn)
    .await?)
}

/// Marks everything that is here or failed as going; at most [`MARKED_AT_ONCE`]. Gives how many.
pub async fn all(conn: &mut Conn) -> Result<usize> {
    Ok(raw::<()>(
        "WITH chosen AS (SELECT id FROM cached_media WHERE state IN (1, 2) ORDER BY id LIMIT ?) \
         UPDATE cached_media c SET state = 3, until = NULL FROM chosen WHERE c.id = chosen.id AND c.state IN (1, 2)",
    )
    .bind::<BigInt, _>(MARKED_AT_ONCE)
    .execute(conn)
    .await?)
}

/// A row whose files are to be removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Going {
    /// `cached_media.id`.
    pub id: i64,
    /// Its files.
    pub files: Vec<String>,
    /// Their bytes.
    pub bytes: i64,
}

/// Rows that are going; at most [`MARKED_AT_ONCE`].
pub async fn going(conn: &mut Conn) -> Result<Vec<Going>> {
    type Row = (i64, Option<String>, Option<String>, i64);
    let rows: Vec<Row> = raw::<(BigInt, Nullable<Text>, Nullable<Text>, BigInt)>(
        "SELECT id, path, preview_path, bytes FROM cached_media WHERE state = 3 ORDER BY last_used_on, id LIMIT ?",
    )
    .bind::<BigInt, _>(MARKED_AT_ONCE)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(id, path, preview, bytes)| Going {
            id,
            files: path.into_iter().chain(preview).collect(),
            bytes,
        })
        .collect())
}

/// Their files are gone.
pub async fn delete(conn: &mut Conn, ids: Vec<i64>) -> Result<()> {
    raw::<()>("DELETE FROM cached_media WHERE id = ANY (?) AND state = 3")
        .bind::<Array<BigInt>, _>(ids)
        .execute(conn)
        .await?;
    Ok(())
}

/// Deletes rows of media of other servers that no post has any more; at most
/// [`MARKED_AT_ONCE`]. Gives how many.
pub async fn delete_loose(conn: &mut Conn) -> Result<usize> {
    Ok(raw::<()>(
        "DELETE FROM media WHERE id IN (SELECT id FROM media \
         WHERE status_id IS NULL AND remote_url IS NOT NULL ORDER BY id LIMIT ?)",
    )
    .bind::<BigInt, _>(MARKED_AT_ONCE)
    .execute(conn)
    .await?)
}
