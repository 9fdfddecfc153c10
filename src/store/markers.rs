//! How far somebody has read.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Integer, SmallInt, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};

/// `markers.timeline`: home.
pub const HOME: i16 = 0;
/// `markers.timeline`: notifications.
pub const NOTIFICATIONS: i16 = 1;

/// A position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// [`HOME`] or [`NOTIFICATIONS`].
    pub timeline: i16,
    /// The last one read.
    pub last_read_id: Id,
    /// Grows with each change.
    pub version: i32,
    /// The last change.
    pub updated_at: DateTime<Utc>,
}

type Columns = (SmallInt, BigInt, Integer, Timestamptz);
type Row = (i16, Id, i32, DateTime<Utc>);

/// All positions of a user.
pub async fn all(conn: &mut Conn, user: Id) -> Result<Vec<Position>> {
    let rows: Vec<Row> = raw::<Columns>(
        "SELECT timeline, last_read_id, version, updated_at FROM markers WHERE user_id = ?",
    )
    .bind::<BigInt, _>(user)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(position).collect())
}

const SET: &str = "\
    INSERT INTO markers AS m (user_id, timeline, last_read_id, updated_at) VALUES (?, ?, ?, ?) \
    ON CONFLICT (user_id, timeline) DO UPDATE SET last_read_id = EXCLUDED.last_read_id, \
    updated_at = EXCLUDED.updated_at, version = m.version + 1 WHERE m.version = ? \
    RETURNING timeline, last_read_id, version, updated_at";

/// Moves a position that had `seen_version` (0: none yet); `None` when somebody else moved
/// it meanwhile.
pub async fn set(
    conn: &mut Conn,
    user: Id,
    timeline: i16,
    last_read_id: Id,
    seen_version: i32,
    at: DateTime<Utc>,
) -> Result<Option<Position>> {
    let rows: Vec<Row> = raw::<Columns>(SET)
        .bind::<BigInt, _>(user)
        .bind::<SmallInt, _>(timeline)
        .bind::<BigInt, _>(last_read_id)
        .bind::<Timestamptz, _>(at)
        .bind::<Integer, _>(seen_version)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(position).next())
}

fn position((timeline, last_read_id, version, updated_at): Row) -> Position {
    Position {
        timeline,
        last_read_id,
        version,
        updated_at,
    }
}
