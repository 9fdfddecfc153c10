//! Links that check somebody in: rows. Their tokens are never kept.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::sql_types::{BigInt, Timestamptz};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::switch::Stage;
use crate::domain::{Id, Result};
use crate::model::schema::check_in_links;
use crate::model::switch_notice::CheckInLink;

/// How long a link works.
pub const GOOD_FOR: TimeDelta = TimeDelta::hours(72);

/// Writes a link for somebody, of this episode and stage.
pub async fn insert(
    conn: &mut Conn,
    digest: &[u8; 32],
    user: Id,
    (episode, stage): (Id, Stage),
    at: DateTime<Utc>,
) -> Result<()> {
    diesel::insert_into(check_in_links::table)
        .values((
            check_in_links::digest.eq(&digest[..]),
            check_in_links::user_id.eq(user),
            check_in_links::episode_id.eq(episode),
            check_in_links::stage.eq(stage),
            check_in_links::created_at.eq(at),
            check_in_links::expires_at.eq(at + GOOD_FOR),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// The link that this token opens, used and old ones too.
pub async fn find(conn: &mut Conn, digest: &[u8; 32]) -> Result<Option<CheckInLink>> {
    Ok(check_in_links::table
        .filter(check_in_links::digest.eq(&digest[..]))
        .select(CheckInLink::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// Uses a link up; of two who try, one does.
pub async fn spend(conn: &mut Conn, id: i64, signed_in: bool, at: DateTime<Utc>) -> Result<bool> {
    let spent = diesel::update(
        check_in_links::table
            .find(id)
            .filter(check_in_links::used_at.is_null())
            .filter(check_in_links::expires_at.gt(at)),
    )
    .set((
        check_in_links::used_at.eq(at),
        check_in_links::signed_in.eq(signed_in),
    ))
    .execute(conn)
    .await?;
    Ok(spent == 1)
}

/// Takes somebody's links away that were not used: the role is gone.
pub async fn void(conn: &mut Conn, user: Id) -> Result<()> {
    diesel::delete(
        check_in_links::table
            .filter(check_in_links::user_id.eq(user))
            .filter(check_in_links::used_at.is_null()),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How often running somebody checked in by a link without signing in: since they were last
/// there in any other way.
pub async fn running(conn: &mut Conn, user: Id) -> Result<i64> {
    let (running,): (i64,) = raw::<(BigInt,)>(
        "WITH p AS (SELECT ?::bigint AS id), \
         bare AS (SELECT l.used_at FROM p JOIN check_in_links l ON l.user_id = p.id \
            WHERE l.used_at IS NOT NULL AND NOT l.signed_in) \
         SELECT count(*) FROM bare WHERE used_at > coalesce( \
            (SELECT max(s.at) FROM p JOIN signs_of_life s ON s.user_id = p.id \
             WHERE s.at NOT IN (SELECT used_at FROM bare)), '-infinity')",
    )
    .bind::<BigInt, _>(user)
    .get_result(conn)
    .await?;
    Ok(running)
}

/// Forgets up to 1,000 links that ended before that time.
pub async fn sweep(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize> {
    Ok(raw::<()>(
        "DELETE FROM check_in_links WHERE id IN \
         (SELECT id FROM check_in_links WHERE expires_at < ? ORDER BY id LIMIT 1000)",
    )
    .bind::<Timestamptz, _>(before)
    .execute(conn)
    .await?)
}
