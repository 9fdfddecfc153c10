//! `doomed_files`: files whose rows are gone, until they are off the disk.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::{Conn, raw};
use crate::domain::Result;

/// Writes them down, in the transaction that takes their rows.
pub async fn insert(conn: &mut Conn, paths: &[String], at: DateTime<Utc>) -> Result<()> {
    if paths.is_empty() {
        return Ok(());
    }
    raw::<()>(
        "INSERT INTO doomed_files (path, doomed_at) SELECT unnest(?::text[]), ?::timestamptz
         ON CONFLICT DO NOTHING",
    )
    .bind::<Array<Text>, _>(paths.to_vec())
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Those from before `before`, a batch: whoever wrote them down did not come to delete them.
pub async fn list(conn: &mut Conn, before: DateTime<Utc>, batch: i64) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = raw::<(Text,)>(
        "SELECT path FROM doomed_files WHERE doomed_at < ? ORDER BY doomed_at LIMIT ?",
    )
    .bind::<Timestamptz, _>(before)
    .bind::<BigInt, _>(batch)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|(path,)| path).collect())
}

/// They are off the disk.
pub async fn forget(conn: &mut Conn, paths: &[String]) -> Result<()> {
    raw::<()>("DELETE FROM doomed_files WHERE path = ANY (?)")
        .bind::<Array<Text>, _>(paths.to_vec())
        .execute(conn)
        .await?;
    Ok(())
}
