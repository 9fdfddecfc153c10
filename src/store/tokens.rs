//! Access tokens, and the codes that become one. Only digests are kept.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Nullable, Timestamptz};
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper, TextExpressionMethods,
};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};
use crate::model::schema::{oauth_codes, tokens};
use crate::model::token::{OauthCode, Token};

/// The most living tokens that one user can hold with one app; the oldest makes room.
pub const MOST_PER_APP: i64 = 100;

/// A token to be written.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// SHA-256 of the token.
    pub digest: [u8; 32],
    /// To whom.
    pub app_id: Id,
    /// Whose; `None` for the app itself.
    pub user_id: Option<Id>,
    /// Words by spaces.
    pub scopes: String,
}

/// Writes a token; gives its id. A user's tokens beyond [`MOST_PER_APP`] with this app, and
/// an app's own beyond as many, end: the oldest first.
pub async fn insert(conn: &mut Conn, new: &NewToken, now: DateTime<Utc>) -> Result<i64> {
    let id = diesel::insert_into(tokens::table)
        .values((
            tokens::digest.eq(&new.digest[..]),
            tokens::app_id.eq(new.app_id),
            tokens::user_id.eq(new.user_id),
            tokens::scopes.eq(&new.scopes),
            tokens::created_at.eq(now),
        ))
        .returning(tokens::id)
        .get_result(conn)
        .await?;
    raw::<()>(
        "DELETE FROM tokens WHERE id IN (SELECT id FROM tokens WHERE app_id = ? \
           AND user_id IS NOT DISTINCT FROM ? AND revoked_at IS NULL \
         ORDER BY id DESC OFFSET ?)",
    )
    .bind::<BigInt, _>(new.app_id)
    .bind::<Nullable<BigInt>, _>(new.user_id)
    .bind::<BigInt, _>(MOST_PER_APP)
    .execute(conn)
    .await?;
    Ok(id)
}

/// The token of that digest, living or revoked.
pub async fn find_by_digest(conn: &mut Conn, digest: &[u8; 32]) -> Result<Option<Token>> {
    Ok(tokens::table
        .filter(tokens::digest.eq(&digest[..]))
        .select(Token::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// Revokes one token; `false` when it was not alive.
pub async fn revoke(conn: &mut Conn, id: i64, now: DateTime<Utc>) -> Result<bool> {
    let changed = diesel::update(tokens::table.find(id).filter(tokens::revoked_at.is_null()))
        .set(tokens::revoked_at.eq(now))
        .execute(conn)
        .await?;
    Ok(changed == 1)
}

/// Revokes all tokens that this user gave to this app; gives how many. Codes not yet
/// exchanged die with them.
pub async fn revoke_app(conn: &mut Conn, user: Id, app: Id, now: DateTime<Utc>) -> Result<usize> {
    diesel::delete(
        oauth_codes::table
            .filter(oauth_codes::user_id.eq(user))
            .filter(oauth_codes::app_id.eq(app))
            .filter(oauth_codes::used_at.is_null()),
    )
    .execute(conn)
    .await?;
    Ok(diesel::update(
        tokens::table
            .filter(tokens::user_id.eq(user))
            .filter(tokens::app_id.eq(app))
            .filter(tokens::revoked_at.is_null()),
    )
    .set(tokens::revoked_at.eq(now))
    .execute(conn)
    .await?)
}

/// Revokes the tokens of a user that hold a scope of staff; gives how many.
pub async fn revoke_staff(conn: &mut Conn, user: Id, now: DateTime<Utc>) -> Result<usize> {
    Ok(diesel::update(
        tokens::table
            .filter(tokens::user_id.eq(user))
            .filter(tokens::revoked_at.is_null())
            .filter(tokens::scopes.like("%admin:%")),
    )
    .set(tokens::revoked_at.eq(now))
    .execute(conn)
    .await?)
}

/// Revokes every token of this user; gives how many. Codes not yet exchanged die with them.
pub async fn revoke_all(conn: &mut Conn, user: Id, now: DateTime<Utc>) -> Result<usize> {
    diesel::delete(
        oauth_codes::table
            .filter(oauth_codes::user_id.eq(user))
            .filter(oauth_codes::used_at.is_null()),
    )
    .execute(conn)
    .await?;
    Ok(diesel::update(
        tokens::table
            .filter(tokens::user_id.eq(user))
            .filter(tokens::revoked_at.is_null()),
    )
    .set(tokens::revoked_at.eq(now))
    .execute(conn)
    .await?)
}

/// Writes down when tokens were last used. One statement for all; 1,000 at the most.
pub async fn touch(conn: &mut Conn, used: &[(i64, DateTime<Utc>)]) -> Result<()> {
    if used.is_empty() {
        return Ok(());
    }
    let (ids, times): (Vec<i64>, Vec<DateTime<Utc>>) = used.iter().copied().unzip();
    raw::<()>(
        "WITH used AS (SELECT * FROM unnest(?::bigint[], ?::timestamptz[]) AS u (id, at)) \
         UPDATE tokens SET last_used_at = used.at FROM used WHERE tokens.id = used.id \
           AND (tokens.last_used_at IS NULL OR tokens.last_used_at < used.at)",
    )
    .bind::<Array<BigInt>, _>(ids)
    .bind::<Array<Timestamptz>, _>(times)
    .execute(conn)
    .await?;
    Ok(())
}

/// Deletes tokens revoked before `before`, 1,000 at the most; gives how many.
pub async fn delete_revoked(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize> {
    Ok(raw::<()>(
        "DELETE FROM tokens WHERE id IN \
         (SELECT id FROM tokens WHERE revoked_at < ? LIMIT 1000)",
    )
    .bind::<Timestamptz, _>(before)
    .execute(conn)
    .await?)
}

/// A code to be written.
#[derive(Debug, Clone)]
pub struct NewCode {
    /// SHA-256 of the code.
    pub digest: [u8; 32],
    /// To whom.
    pub app_id: Id,
    /// Whose.
    pub user_id: Id,
    /// Where it was sent; the exchange must name the same.
    pub redirect_uri: String,
    /// What was granted.
    pub scopes: String,
    /// PKCE's S256 challenge, if one was given.
    pub challenge: Option<String>,
    /// When it is too late.
    pub expires_at: DateTime<Utc>,
}

/// Writes a code.
pub async fn insert_code(conn: &mut Conn, new: &NewCode, now: DateTime<Utc>) -> Result<()> {
    diesel::insert_into(oauth_codes::table)
        .values((
            oauth_codes::digest.eq(&new.digest[..]),
            oauth_codes::app_id.eq(new.app_id),
            oauth_codes::user_id.eq(new.user_id),
            oauth_codes::redirect_uri.eq(&new.redirect_uri),
            oauth_codes::scopes.eq(&new.scopes),
            oauth_codes::challenge.eq(&new.challenge),
            oauth_codes::created_at.eq(now),
            oauth_codes::expires_at.eq(new.expires_at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// The code of that digest, its row locked until the transaction ends: of two exchanges at
/// once, the second sees that the first was there.
pub async fn lock_code(conn: &mut Conn, digest: &[u8; 32]) -> Result<Option<OauthCode>> {
    Ok(oauth_codes::table
        .filter(oauth_codes::digest.eq(&digest[..]))
        .select(OauthCode::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()?)
}

/// Marks a code as used for this token.
pub async fn use_code(conn: &mut Conn, id: i64, token: i64, now: DateTime<Utc>) -> Result<()> {
    diesel::update(oauth_codes::table.find(id))
        .set((
            oauth_codes::used_at.eq(now),
            oauth_codes::token_id.eq(token),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Deletes codes that ended before `before`, 1,000 at the most; gives how many. Keep them
/// for a day beyond their end, so that a late second use is still seen as one.
pub async fn delete_codes(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize> {
    Ok(raw::<()>(
        "DELETE FROM oauth_codes WHERE id IN \
         (SELECT id FROM oauth_codes WHERE expires_at < ? ORDER BY expires_at LIMIT 1000)",
    )
    .bind::<Timestamptz, _>(before)
    .execute(conn)
    .await?)
}
