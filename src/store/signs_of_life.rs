//! Deliberate human acts of staff (registration.md C1).

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Timestamptz};
use diesel::{ExpressionMethods, QueryDsl};
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::domain::{Id, Result};
use crate::model::audit::SignOfLife;
use crate::model::schema::signs_of_life;

/// Notes that somebody of the staff is there.
pub async fn insert(conn: &mut Conn, user: Id, kind: SignOfLife, at: DateTime<Utc>) -> Result<()> {
    diesel::insert_into(signs_of_life::table)
        .values((
            signs_of_life::user_id.eq(user),
            signs_of_life::kind.eq(kind),
            signs_of_life::at.eq(at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// When somebody of the staff was last there, whoever it was.
pub async fn last(conn: &mut Conn) -> Result<Option<DateTime<Utc>>> {
    Ok(signs_of_life::table
        .select(diesel::dsl::max(signs_of_life::at))
        .first(conn)
        .await?)
}

/// Forgets the older ones, up to `limit`; gives how many.
pub async fn forget(conn: &mut Conn, before: DateTime<Utc>, limit: i64) -> Result<usize> {
    Ok(super::raw::<()>(
        "DELETE FROM signs_of_life WHERE id IN \
         (SELECT id FROM signs_of_life WHERE at < ? ORDER BY at LIMIT ?)",
    )
    .bind::<Timestamptz, _>(before)
    .bind::<BigInt, _>(limit)
    .execute(conn)
    .await?)
}

/// Brings those from a time that the clock took back to before it: a clock that was ahead must
/// not keep the light on for as long as it was.
pub async fn bring_back(conn: &mut Conn, by: chrono::TimeDelta, now: DateTime<Utc>) -> Result<()> {
    super::raw::<()>(
        "WITH p AS (SELECT ?::bigint AS seconds, ?::timestamptz AS now) \
         UPDATE signs_of_life s SET at = least(s.at - make_interval(secs => p.seconds), p.now) \
         FROM p WHERE s.at > p.now",
    )
    .bind::<BigInt, _>(by.num_seconds())
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}
