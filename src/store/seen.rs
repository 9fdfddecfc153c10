//! What was seen of one of the staff.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, SmallInt, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};
use crate::model::audit::SignOfLife;

/// How often somebody gave each kind of sign since then, and when last.
pub async fn by_kind(
    conn: &mut Conn,
    user: Id,
    since: DateTime<Utc>,
) -> Result<Vec<(SignOfLife, i64, DateTime<Utc>)>> {
    Ok(raw::<(SmallInt, BigInt, Timestamptz)>(
        "SELECT kind, count(*), max(at) FROM signs_of_life WHERE user_id = ? AND at > ? \
         GROUP BY kind",
    )
    .bind::<BigInt, _>(user)
    .bind::<Timestamptz, _>(since)
    .load(conn)
    .await?)
}
