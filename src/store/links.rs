//! One-time links: rows. What opens them is made in `secrets/link.rs`.

use chrono::{DateTime, Utc};
use diesel::sql_types::Timestamptz;
use diesel::{
    ExpressionMethods, OptionalExtension, PgExpressionMethods, QueryDsl, SelectableHelper,
};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::link_purpose::LinkPurpose;
use crate::domain::{Id, Result};
use crate::model::link::OneTimeLink;
use crate::model::schema::one_time_links;

/// A link to be written.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// What for.
    pub purpose: LinkPurpose,
    /// SHA-256 of the token.
    pub digest: [u8; 32],
    /// What the token is made of, together with a key.
    pub nonce: Vec<u8>,
    /// Whose; `None` for the first owner.
    pub user_id: Option<Id>,
    /// The address that it is about and goes to.
    pub email: Option<String>,
}

/// Writes a link, good from now for as long as its purpose says.
pub async fn insert(conn: &mut Conn, new: &NewLink, now: DateTime<Utc>) -> Result<OneTimeLink> {
    Ok(diesel::insert_into(one_time_links::table)
        .values((
            one_time_links::purpose.eq(new.purpose),
            one_time_links::digest.eq(&new.digest[..]),
            one_time_links::nonce.eq(&new.nonce),
            one_time_links::user_id.eq(new.user_id),
            one_time_links::email.eq(&new.email),
            one_time_links::created_at.eq(now),
            one_time_links::expires_at.eq(now + new.purpose.good_for()),
        ))
        .returning(OneTimeLink::as_returning())
        .get_result(conn)
        .await?)
}

/// The link of that id, for the mail that carries it.
pub async fn find(conn: &mut Conn, id: i64) -> Result<Option<OneTimeLink>> {
    Ok(one_time_links::table
        .find(id)
        .select(OneTimeLink::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// What the links of these ids are for, in no order.
pub async fn purposes(conn: &mut Conn, ids: &[i64]) -> Result<Vec<(i64, LinkPurpose)>> {
    Ok(one_time_links::table
        .filter(one_time_links::id.eq_any(ids))
        .select((one_time_links::id, one_time_links::purpose))
        .load(conn)
        .await?)
}

/// The link that this token opens, used and old ones too.
pub async fn find_by_digest(conn: &mut Conn, digest: &[u8; 32]) -> Result<Option<OneTimeLink>> {
    Ok(one_time_links::table
        .filter(one_time_links::digest.eq(&digest[..]))
        .select(OneTimeLink::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The newest good link of this user for this purpose.
pub async fn find_open(
    conn: &mut Conn,
    purpose: LinkPurpose,
    user: Id,
    now: DateTime<Utc>,
) -> Result<Option<OneTimeLink>> {
    Ok(one_time_links::table
        .filter(one_time_links::user_id.eq(user))
        .filter(one_time_links::purpose.eq(purpose))
        .filter(one_time_links::used_at.is_null())
        .filter(one_time_links::expires_at.gt(now))
        .order(one_time_links::id.desc())
        .select(OneTimeLink::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// Uses the link up, if it is good and of this purpose: one caller gets the row, all others
/// (and all later ones) `None`.
pub async fn spend(
    conn: &mut Conn,
    digest: &[u8; 32],
    purpose: LinkPurpose,
    now: DateTime<Utc>,
) -> Result<Option<OneTimeLink>> {
    Ok(diesel::update(
        one_time_links::table
            .filter(one_time_links::digest.eq(&digest[..]))
            .filter(one_time_links::purpose.eq(purpose))
            .filter(one_time_links::used_at.is_null())
            .filter(one_time_links::expires_at.gt(now)),
    )
    .set(one_time_links::used_at.eq(now))
    .returning(OneTimeLink::as_returning())
    .get_result(conn)
    .await
    .optional()?)
}

/// Voids the unused links of this purpose: a newer one replaces them, or what they were for
/// is done. `user` is `None` for those of nobody.
pub async fn void(
    conn: &mut Conn,
    purpose: LinkPurpose,
    user: Option<Id>,
    now: DateTime<Utc>,
) -> Result<usize> {
    Ok(diesel::update(
        one_time_links::table
            .filter(one_time_links::purpose.eq(purpose))
            .filter(one_time_links::user_id.is_not_distinct_from(user))
            .filter(one_time_links::used_at.is_null()),
    )
    .set(one_time_links::used_at.eq(now))
    .execute(conn)
    .await?)
}

/// Deletes links that ended before `before`, 1,000 at the most; gives how many.
pub async fn delete_expired(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize> {
    Ok(raw::<()>(
        "DELETE FROM one_time_links WHERE id IN \
         (SELECT id FROM one_time_links WHERE expires_at < ? ORDER BY expires_at LIMIT 1000)",
    )
    .bind::<Timestamptz, _>(before)
    .execute(conn)
    .await?)
}
