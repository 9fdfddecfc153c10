//! How many mails went, by ten minutes and kind: no addresses.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use diesel::sql_types::{BigInt, Bool, SmallInt, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::Result;
use crate::domain::mail_kind::MailKind;

/// The grain of the counts.
pub const GRAIN: TimeDelta = TimeDelta::minutes(10);

/// Counts one mail: taken, or failed for good.
pub async fn add(conn: &mut Conn, kind: MailKind, failed: bool, at: DateTime<Utc>) -> Result<()> {
    raw::<()>(
        "INSERT INTO mail_counts AS c (at, kind, failed, count) VALUES (?, ?, ?, 1) \
         ON CONFLICT (at, kind, failed) DO UPDATE SET count = c.count + 1",
    )
    .bind::<Timestamptz, _>(at.duration_trunc(GRAIN).unwrap_or(at))
    .bind::<SmallInt, _>(kind as i16)
    .bind::<Bool, _>(failed)
    .execute(conn)
    .await?;
    Ok(())
}

/// How many were taken since `since`, those of the ten minutes in which that lies included.
pub async fn sent_since(conn: &mut Conn, since: DateTime<Utc>) -> Result<i64> {
    let (count,): (i64,) = raw::<(BigInt,)>(
        "SELECT coalesce(sum(count), 0)::bigint FROM mail_counts WHERE at > ? AND NOT failed",
    )
    .bind::<Timestamptz, _>(since - GRAIN)
    .get_result(conn)
    .await?;
    Ok(count)
}

/// One kind of mail in a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfKind {
    /// Which.
    pub kind: MailKind,
    /// Taken within the last day, and within the last week.
    pub sent: (i64, i64),
    /// Refused for good or given up within the last week.
    pub failed: i64,
}

/// The last day and week, kind by kind; kinds without any mail are left out.
pub async fn by_kind(conn: &mut Conn, now: DateTime<Utc>) -> Result<Vec<OfKind>> {
    let rows: Vec<(i16, i64, i64, i64)> = raw::<(SmallInt, BigInt, BigInt, BigInt)>(
        "WITH p AS (SELECT ?::timestamptz AS day, ?::timestamptz AS week) SELECT c.kind, \
         coalesce(sum(c.count) FILTER (WHERE NOT c.failed AND c.at > p.day), 0)::bigint, \
         coalesce(sum(c.count) FILTER (WHERE NOT c.failed), 0)::bigint, \
         coalesce(sum(c.count) FILTER (WHERE c.failed), 0)::bigint \
         FROM p JOIN mail_counts c ON c.at > p.week GROUP BY c.kind ORDER BY 3 DESC, 1",
    )
    .bind::<Timestamptz, _>(now - TimeDelta::days(1))
    .bind::<Timestamptz, _>(now - TimeDelta::days(7))
    .load(conn)
    .await?;
    let known = rows.into_iter().filter_map(|(kind, day, week, failed)| {
        Some(OfKind {
            kind: MailKind::from_number(kind)?,
            sent: (day, week),
            failed,
        })
    });
    Ok(known.collect())
}

/// Forgets what was counted before `before`.
pub async fn sweep(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize> {
    Ok(raw::<()>("DELETE FROM mail_counts WHERE at < ?")
        .bind::<Timestamptz, _>(before)
        .execute(conn)
        .await?)
}
