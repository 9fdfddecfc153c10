//! `limit_counts`: how often something happened while Redis was away.
//!
//! Strangers share these rows; that is what they are for, and only then are they written.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Integer, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Conn;
use super::raw::raw;
use crate::domain::Result;

/// Counters that one [`sweep`] deletes at the most.
const SWEPT: i64 = 10_000;

/// One counter: its name, and when its window ends.
pub type Window = (String, DateTime<Utc>);

// In the order of the keys, so that two that count at once never wait for each other.
const ADD: &str = "\
    WITH p AS (SELECT ?::integer AS by), w AS ( \
      SELECT * FROM unnest(?::uuid[], ?::timestamptz[]) WITH ORDINALITY AS w(key, until, n)), \
    counted AS ( \
      INSERT INTO limit_counts AS l (key, count, until) \
      SELECT w.key, greatest(p.by, 0), w.until FROM w, p ORDER BY w.key \
      ON CONFLICT (key) DO UPDATE SET count = greatest(l.count + (SELECT by FROM p), 0) \
      RETURNING l.key, l.count) \
    SELECT c.count::bigint FROM w JOIN counted c ON c.key = w.key ORDER BY w.n";

const LOOK: &str = "\
    SELECT coalesce(l.count, 0)::bigint FROM unnest(?::uuid[]) WITH ORDINALITY AS w(key, n) \
    LEFT JOIN limit_counts l ON l.key = w.key ORDER BY w.n";

/// Adds `by` to each counter and gives where they stand, in their order; 0 only looks. A
/// counter never falls below nothing. The names must differ.
pub async fn add(conn: &mut Conn, windows: &[Window], by: i32) -> Result<Vec<i64>> {
    let keys: Vec<Uuid> = windows.iter().map(|(name, _)| key(name)).collect();
    let rows: Vec<(i64,)> = if by == 0 {
        raw::<(BigInt,)>(LOOK)
            .bind::<Array<SqlUuid>, _>(keys)
            .load(conn)
            .await?
    } else {
        let until: Vec<DateTime<Utc>> = windows.iter().map(|(_, until)| *until).collect();
        raw::<(BigInt,)>(ADD)
            .bind::<Integer, _>(by)
            .bind::<Array<SqlUuid>, _>(keys)
            .bind::<Array<Timestamptz>, _>(until)
            .load(conn)
            .await?
    };
    Ok(rows.into_iter().map(|(count,)| count).collect())
}

/// Deletes counters whose window is over; gives how many, 10,000 at the most.
pub async fn sweep(conn: &mut Conn, now: DateTime<Utc>) -> Result<usize> {
    const OVER: &str = "WITH p AS (SELECT ?::timestamptz AS now, ?::bigint AS most) \
        DELETE FROM limit_counts WHERE key IN \
        (SELECT key FROM limit_counts, p WHERE until < p.now LIMIT (SELECT most FROM p))";
    Ok(raw::<()>(OVER)
        .bind::<Timestamptz, _>(now)
        .bind::<BigInt, _>(SWEPT)
        .execute(conn)
        .await?)
}

fn key(name: &str) -> Uuid {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&Sha256::digest(name)[..16]);
    Uuid::from_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_does_not_say_what_is_counted() {
        assert_ne!(key("rate:a"), key("rate:b"));
        assert!(
            !key("rate:sign-in:net:192.0.2.1/32")
                .to_string()
                .contains("192")
        );
    }
}
