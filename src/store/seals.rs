//! `seals`: while the place is sealed, time stands still for invites and for those who wait.
//!
//! Nothing is moved when it begins. When it ends, all that it held runs on by as long as it
//! was held: in one statement, in the transaction that ends it.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use super::waiting::counted_from;
use crate::domain::Result;

/// Begins one, unless one lasts.
pub async fn begin(conn: &mut Conn, since: DateTime<Utc>) -> Result<()> {
    raw::<()>(
        "INSERT INTO seals (since) VALUES (?) ON CONFLICT ((until IS NULL)) WHERE until IS NULL DO NOTHING",
    )
    .bind::<Timestamptz, _>(since)
    .execute(conn)
    .await?;
    Ok(())
}

/// Since when one lasts; `None` while nothing stands still.
pub async fn open(conn: &mut Conn) -> Result<Option<DateTime<Utc>>> {
    let rows: Vec<(DateTime<Utc>,)> =
        raw::<(Timestamptz,)>("SELECT since FROM seals WHERE until IS NULL")
            .load(conn)
            .await?;
    Ok(rows.into_iter().next().map(|(since,)| since))
}

/// Ends it, and moves on what it held: the ends of invites that were alive when it began, the
/// time of those who wait (also of those who were refused without a word: they see what
/// everybody sees). `false` where none lasts.
pub async fn end(conn: &mut Conn, at: DateTime<Utc>) -> Result<bool> {
    let (ended,): (i64,) = raw::<(BigInt,)>(concat!(
        "WITH p AS (SELECT ?::timestamptz AS at), \
         ended AS (UPDATE seals s SET until = greatest(p.at, s.since) FROM p WHERE s.until IS NULL RETURNING s.since, s.until), \
         kept AS (UPDATE invites i SET expires_at = i.expires_at + (e.until - greatest(e.since, i.created_at)) FROM ended e \
             WHERE i.expires_at > e.since AND i.created_at < e.until AND i.revoked_at IS NULL), \
         held AS (SELECT a.id, ",
        counted_from!(),
        " AS since FROM applications a WHERE EXISTS (SELECT 1 FROM ended) \
             AND (a.state IN (1, 2) OR (a.state = 4 AND NOT a.told AND a.shown IN (1, 2)))), \
         moved AS (UPDATE applications a SET waits_from = h.since + (e.until - greatest(e.since, h.since)) \
             FROM held h CROSS JOIN ended e WHERE a.id = h.id AND h.since < e.until) \
         SELECT count(*) FROM ended"
    ))
    .bind::<Timestamptz, _>(at)
    .get_result(conn)
    .await?;
    Ok(ended > 0)
}
