//! Mails that wait and mails that were given up, as the desk sees them.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::jobs::MAIL;
use super::raw::raw;
use crate::domain::Result;

/// A mail that was not sent yet, or never will be.
#[derive(Debug, Clone, PartialEq)]
pub struct MailJob {
    /// The job's id.
    pub id: i64,
    /// What the job calls it (`jobs/mailing.rs`).
    pub what: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it is tried next; when it was given up.
    pub at: DateTime<Utc>,
    /// How often it was tried.
    pub tries: i16,
    /// Why not, the last time; empty before that.
    pub why: String,
}

type Row = (
    i64,
    Option<String>,
    DateTime<Utc>,
    DateTime<Utc>,
    i16,
    String,
);
type Sql = (
    BigInt,
    Nullable<Text>,
    Timestamptz,
    Timestamptz,
    SmallInt,
    Text,
);

fn job((id, what, since, at, tries, why): Row) -> MailJob {
    MailJob {
        id,
        what: what.unwrap_or_default(),
        since,
        at,
        tries,
        why,
    }
}

/// How many wait, up to 10,000, and how many were given up, up to 1,000.
pub async fn counts(conn: &mut Conn) -> Result<(i64, i64)> {
    Ok(raw::<(BigInt, BigInt)>(
        "WITH p AS (SELECT ?::smallint AS queue) SELECT \
         (SELECT count(*) FROM (SELECT 1 FROM jobs j, p WHERE j.queue = p.queue AND j.failed_at IS NULL LIMIT 10000) w), \
         (SELECT count(*) FROM (SELECT 1 FROM jobs j, p WHERE j.queue = p.queue AND j.failed_at IS NOT NULL LIMIT 1000) f)",
    )
    .bind::<SmallInt, _>(MAIL)
    .get_result(conn)
    .await?)
}

/// Those that wait, the next one first, `most` of them.
pub async fn waiting(conn: &mut Conn, most: i64) -> Result<Vec<MailJob>> {
    let rows: Vec<Row> = raw::<Sql>(
        "SELECT id, payload->>'mail', created_at, run_at, attempts, coalesce(last_error, '') FROM jobs \
         WHERE queue = ? AND failed_at IS NULL ORDER BY priority, run_at, id LIMIT ?",
    )
    .bind::<SmallInt, _>(MAIL)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(job).collect())
}

/// Those that were given up, the latest first, `most` of them.
pub async fn failed(conn: &mut Conn, most: i64) -> Result<Vec<MailJob>> {
    let rows: Vec<Row> = raw::<Sql>(
        "SELECT id, payload->>'mail', created_at, failed_at, attempts, coalesce(last_error, '') FROM jobs \
         WHERE queue = ? AND failed_at IS NOT NULL ORDER BY failed_at DESC, id DESC LIMIT ?",
    )
    .bind::<SmallInt, _>(MAIL)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(job).collect())
}

/// Tries one again that was given up, from the beginning; gives whether there was one. Not
/// where the same mail waits by now.
pub async fn retry(conn: &mut Conn, id: i64, at: DateTime<Utc>) -> Result<bool> {
    let changed = raw::<()>(
        "WITH p AS (SELECT ?::bigint AS id, ?::smallint AS queue, ?::timestamptz AS at) \
         UPDATE jobs j SET failed_at = NULL, attempts = 0, run_at = p.at, locked_by = NULL FROM p \
         WHERE j.id = p.id AND j.queue = p.queue AND j.failed_at IS NOT NULL AND NOT EXISTS \
         (SELECT 1 FROM jobs o WHERE o.queue = j.queue AND o.key = j.key AND o.failed_at IS NULL)",
    )
    .bind::<BigInt, _>(id)
    .bind::<SmallInt, _>(MAIL)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(changed == 1)
}

/// Drops one that was given up; gives whether there was one.
pub async fn drop_failed(conn: &mut Conn, id: i64) -> Result<bool> {
    let gone = raw::<()>("DELETE FROM jobs WHERE id = ? AND queue = ? AND failed_at IS NOT NULL")
        .bind::<BigInt, _>(id)
        .bind::<SmallInt, _>(MAIL)
        .execute(conn)
        .await?;
    Ok(gone == 1)
}
