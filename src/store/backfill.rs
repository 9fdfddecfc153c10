//! What other servers say of their own accounts and statuses when they are asked: totals,
//! handles. Never a counter of ours (D12).

use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};

/// How many an account's own server counts; `None` where it does not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Posts.
    pub posts: Option<i64>,
    /// Whom it follows.
    pub following: Option<i64>,
    /// Who follows it.
    pub followers: Option<i64>,
}

/// Writes what an account's server counts; what it does not say stays.
pub async fn set_account_totals(conn: &mut Conn, account: Id, totals: Totals) -> Result<()> {
    raw::<()>(
        "WITH p AS (SELECT ?::bigint AS id, ?::bigint AS posts, ?::bigint AS following, ?::bigint AS followers) \
         UPDATE account_stats st SET remote_statuses_count = coalesce(p.posts, st.remote_statuses_count), \
         remote_following_count = coalesce(p.following, st.remote_following_count), \
         remote_followers_count = coalesce(p.followers, st.remote_followers_count) \
         FROM p JOIN accounts a ON a.id = p.id AND a.host_id IS NOT NULL WHERE st.account_id = p.id",
    )
    .bind::<BigInt, _>(account)
    .bind::<Nullable<BigInt>, _>(totals.posts)
    .bind::<Nullable<BigInt>, _>(totals.following)
    .bind::<Nullable<BigInt>, _>(totals.followers)
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes what a status' server counts; what it does not say stays.
pub async fn set_status_totals(
    conn: &mut Conn,
    status: Id,
    boosts: Option<i64>,
    favourites: Option<i64>,
) -> Result<()> {
    raw::<()>(
        "WITH p AS (SELECT ?::bigint AS id, ?::bigint AS boosts, ?::bigint AS favourites) \
         INSERT INTO status_stats AS st (status_id, remote_reblogs_count, remote_favourites_count) \
         SELECT p.id, coalesce(p.boosts, 0), coalesce(p.favourites, 0) FROM p \
         JOIN statuses s ON s.id = p.id AND s.uri IS NOT NULL \
         ON CONFLICT (status_id) DO UPDATE SET \
         remote_reblogs_count = coalesce((SELECT boosts FROM p), st.remote_reblogs_count), \
         remote_favourites_count = coalesce((SELECT favourites FROM p), st.remote_favourites_count)",
    )
    .bind::<BigInt, _>(status)
    .bind::<Nullable<BigInt>, _>(boosts)
    .bind::<Nullable<BigInt>, _>(favourites)
    .execute(conn)
    .await?;
    Ok(())
}

/// The address of a status elsewhere (of the boosted one, for a boost); `None` for ours.
pub async fn status_address(conn: &mut Conn, status: Id) -> Result<Option<(Id, String)>> {
    Ok(raw::<(BigInt, Text)>(
        "SELECT t.id, t.uri FROM statuses s JOIN statuses t ON t.id = coalesce(s.reblog_of_id, s.id) \
         JOIN accounts a ON a.id = t.account_id AND a.host_id IS NOT NULL \
         WHERE s.id = ? AND t.uri IS NOT NULL",
    )
    .bind::<BigInt, _>(status)
    .get_result(conn)
    .await
    .optional()?)
}

/// Shows an account elsewhere under another domain than its server's.
pub async fn set_handle_domain(conn: &mut Conn, account: Id, domain: &str) -> Result<()> {
    raw::<()>(
        "UPDATE accounts SET handle_domain = ?, version = version + 1 \
         WHERE id = ? AND host_id IS NOT NULL",
    )
    .bind::<Text, _>(domain.to_owned())
    .bind::<BigInt, _>(account)
    .execute(conn)
    .await?;
    Ok(())
}
