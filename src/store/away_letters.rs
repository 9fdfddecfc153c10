//! `away_letters`: who was told that nobody is home. One row for each who was, so that nobody
//! is told twice in one absence, whatever dies in between.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};

/// Those who wait, were not told yet, and can be mailed, a batch; they count as told now. Those
/// refused without a word are among them, as long as they see themselves waiting.
pub async fn take_waiting(conn: &mut Conn, episode: i64, batch: i64) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = raw::<(BigInt,)>(
        "WITH p AS (SELECT ?::bigint AS episode, ?::bigint AS batch) \
         INSERT INTO away_letters (episode_id, stage, user_id) \
         SELECT DISTINCT p.episode, 3::smallint, u.id FROM p CROSS JOIN LATERAL ( \
             SELECT u.id FROM applications a JOIN users u ON u.id = a.user_id \
             WHERE (a.state IN (1, 2) OR (a.state = 4 AND NOT a.told AND a.shown IN (1, 2))) \
               AND u.email IS NOT NULL AND u.email_confirmed_at IS NOT NULL AND u.disabled_at IS NULL \
               AND NOT EXISTS (SELECT 1 FROM away_letters l WHERE l.episode_id = p.episode AND l.stage = 3 AND l.user_id = u.id) \
             ORDER BY a.id LIMIT p.batch) u \
         ON CONFLICT DO NOTHING RETURNING user_id",
    )
    .bind::<BigInt, _>(episode)
    .bind::<BigInt, _>(batch)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Members who were not told yet and can be mailed, a batch; they count as told now. Staff are
/// members too. Who has moved away already is left alone.
pub async fn take_members(conn: &mut Conn, episode: i64, batch: i64) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = raw::<(BigInt,)>(
        "WITH p AS (SELECT ?::bigint AS episode, ?::bigint AS batch) \
         INSERT INTO away_letters (episode_id, stage, user_id) \
         SELECT p.episode, 4::smallint, u.id FROM p CROSS JOIN LATERAL ( \
             SELECT u.id FROM users u \
             WHERE u.approved_at IS NOT NULL AND u.disabled_at IS NULL AND u.moved_at IS NULL \
               AND u.email IS NOT NULL AND u.email_confirmed_at IS NOT NULL \
               AND NOT EXISTS (SELECT 1 FROM away_letters l WHERE l.episode_id = p.episode AND l.stage = 4 AND l.user_id = u.id) \
             ORDER BY u.id LIMIT p.batch) u \
         ON CONFLICT DO NOTHING RETURNING user_id",
    )
    .bind::<BigInt, _>(episode)
    .bind::<BigInt, _>(batch)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Forgets up to 1,000 of absences that ended before that time; gives how many.
pub async fn sweep(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize> {
    Ok(raw::<()>(
        "DELETE FROM away_letters l USING ( \
             SELECT o.episode_id, o.stage, o.user_id \
             FROM episodes e JOIN away_letters o ON o.episode_id = e.id \
             WHERE e.ended_at < ? ORDER BY o.episode_id, o.stage, o.user_id LIMIT 1000) old \
         WHERE (l.episode_id, l.stage, l.user_id) = (old.episode_id, old.stage, old.user_id)",
    )
    .bind::<Timestamptz, _>(before)
    .execute(conn)
    .await?)
}
