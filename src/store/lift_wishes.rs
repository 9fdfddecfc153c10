//! `lift_wishes`: who would lift the switch and may not do it alone.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::role::Role;
use crate::domain::switch::Stage;
use crate::domain::{Id, Result};

/// Notes the wish of a user; gives whether somebody else, who still has such a role, wishes the
/// same.
pub async fn wish(
    conn: &mut Conn,
    episode: i64,
    stage: Stage,
    user: Id,
    least: Role,
    at: DateTime<Utc>,
) -> Result<bool> {
    let (others,): (i64,) = raw::<(BigInt,)>(
        "WITH p AS (SELECT ?::bigint AS episode, ?::smallint AS stage, ?::bigint AS who, ?::smallint AS least, ?::timestamptz AS at), \
         mine AS (INSERT INTO lift_wishes (episode_id, stage, user_id, at) SELECT episode, stage, who, at FROM p ON CONFLICT DO NOTHING) \
         SELECT count(*) FROM p JOIN lift_wishes w ON w.episode_id = p.episode AND w.stage = p.stage AND w.user_id <> p.who \
         JOIN users u ON u.id = w.user_id AND u.role >= p.least AND u.role_since <= w.at \
             AND u.approved_at IS NOT NULL AND u.disabled_at IS NULL",
    )
    .bind::<BigInt, _>(episode)
    .bind::<SmallInt, _>(stage as i16)
    .bind::<BigInt, _>(user)
    .bind::<SmallInt, _>(least as i16)
    .bind::<Timestamptz, _>(at)
    .get_result(conn)
    .await?;
    Ok(others > 0)
}

/// Who wishes it, by name: five at the most.
pub async fn names(conn: &mut Conn, episode: i64, stage: Stage) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = raw::<(Text,)>(
        "SELECT u.username FROM lift_wishes w JOIN users u ON u.id = w.user_id \
         WHERE w.episode_id = ? AND w.stage = ? ORDER BY w.at LIMIT 5",
    )
    .bind::<BigInt, _>(episode)
    .bind::<SmallInt, _>(stage as i16)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}
