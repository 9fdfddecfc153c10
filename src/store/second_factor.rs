//! Second factors, recovery codes, and the step between a password and a session.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Timestamptz};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;
use serde_json::Value;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};
use crate::model::schema::{passkeys, recovery_codes, sign_in_steps, totp_factors, users};
use crate::model::second_factor::{PasskeyRow, SignInStep, TotpFactor};

/// The most passkeys of one user.
pub const MOST_PASSKEYS: i64 = 20;

/// The app that makes codes, if there is one.
pub async fn totp(conn: &mut Conn, user: Id) -> Result<Option<TotpFactor>> {
    Ok(totp_factors::table
        .find(user)
        .select(TotpFactor::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// Sets the app, in place of the one before. `step` is the one whose code showed that it works.
pub async fn set_totp(
    conn: &mut Conn,
    user: Id,
    sealed: &str,
    step: i64,
    now: DateTime<Utc>,
) -> Result<()> {
    let values = (
        totp_factors::sealed.eq(sealed),
        totp_factors::last_step.eq(step),
        totp_factors::created_at.eq(now),
        totp_factors::last_used_at.eq(None::<DateTime<Utc>>),
    );
    diesel::insert_into(totp_factors::table)
        .values((totp_factors::user_id.eq(user), values))
        .on_conflict(totp_factors::user_id)
        .do_update()
        .set(values)
        .execute(conn)
        .await?;
    Ok(())
}

/// Uses up the code of a step and of all before it: `false` when somebody was there first.
pub async fn spend_step(conn: &mut Conn, user: Id, step: i64, now: DateTime<Utc>) -> Result<bool> {
    let spent = diesel::update(
        totp_factors::table
            .find(user)
            .filter(totp_factors::last_step.lt(step)),
    )
    .set((
        totp_factors::last_step.eq(step),
        totp_factors::last_used_at.eq(now),
    ))
    .execute(conn)
    .await?;
    Ok(spent == 1)
}

/// Takes the app away; `false` when there was none.
pub async fn delete_totp(conn: &mut Conn, user: Id) -> Result<bool> {
    let gone = diesel::delete(totp_factors::table.find(user))
        .execute(conn)
        .await?;
    Ok(gone == 1)
}

/// The passkeys of a user, oldest first; [`MOST_PASSKEYS`] at the most.
pub async fn list_passkeys(conn: &mut Conn, user: Id) -> Result<Vec<PasskeyRow>> {
    Ok(passkeys::table
        .filter(passkeys::user_id.eq(user))
        .order(passkeys::id)
        .limit(MOST_PASSKEYS)
        .select(PasskeyRow::as_select())
        .load(conn)
        .await?)
}

/// Adds a passkey; `false` when it is known already.
pub async fn insert_passkey(
    conn: &mut Conn,
    user: Id,
    credential_id: &[u8],
    credential: &Value,
    name: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let added = diesel::insert_into(passkeys::table)
        .values((
            passkeys::user_id.eq(user),
            passkeys::credential_id.eq(credential_id),
            passkeys::credential.eq(credential),
            passkeys::name.eq(name),
            passkeys::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(added == 1)
}

/// Notes that a passkey was used, with its counter and flags as they are now.
pub async fn use_passkey(
    conn: &mut Conn,
    id: i64,
    credential: &Value,
    now: DateTime<Utc>,
) -> Result<()> {
    diesel::update(passkeys::table.find(id))
        .set((
            passkeys::credential.eq(credential),
            passkeys::last_used_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes one passkey of this user away; `false` when it is not theirs.
pub async fn delete_passkey(conn: &mut Conn, user: Id, id: i64) -> Result<bool> {
    let gone = diesel::delete(passkeys::table.find(id).filter(passkeys::user_id.eq(user)))
        .execute(conn)
        .await?;
    Ok(gone == 1)
}

/// Takes away every factor and every code of a user.
pub async fn delete_all(conn: &mut Conn, user: Id) -> Result<()> {
    delete_totp(conn, user).await?;
    diesel::delete(passkeys::table.filter(passkeys::user_id.eq(user)))
        .execute(conn)
        .await?;
    delete_codes(conn, user).await
}

async fn delete_codes(conn: &mut Conn, user: Id) -> Result<()> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Replaces the recovery codes of a user.
pub async fn set_codes(
    conn: &mut Conn,
    user: Id,
    digests: &[[u8; 32]],
    now: DateTime<Utc>,
) -> Result<()> {
    delete_codes(conn, user).await?;
    let rows: Vec<_> = digests
        .iter()
        .map(|digest| {
            (
                recovery_codes::user_id.eq(user),
                recovery_codes::digest.eq(digest.to_vec()),
                recovery_codes::created_at.eq(now),
            )
        })
        .collect();
    diesel::insert_into(recovery_codes::table)
        .values(rows)
        .execute(conn)
        .await?;
    Ok(())
}

/// How many recovery codes are left.
pub async fn codes_left(conn: &mut Conn, user: Id) -> Result<i64> {
    Ok(recovery_codes::table
        .filter(recovery_codes::user_id.eq(user))
        .filter(recovery_codes::used_at.is_null())
        .count()
        .get_result(conn)
        .await?)
}

/// Uses a recovery code up: one caller gets `true`.
pub async fn spend_code(
    conn: &mut Conn,
    user: Id,
    digest: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<bool> {
    let spent = diesel::update(
        recovery_codes::table
            .filter(recovery_codes::user_id.eq(user))
            .filter(recovery_codes::digest.eq(&digest[..]))
            .filter(recovery_codes::used_at.is_null()),
    )
    .set(recovery_codes::used_at.eq(now))
    .execute(conn)
    .await?;
    Ok(spent == 1)
}

/// Writes down whether the user has a second factor, after each change of one; gives it.
pub async fn note_factors(conn: &mut Conn, user: Id, now: DateTime<Utc>) -> Result<bool> {
    let (has,): (bool,) = raw::<(diesel::sql_types::Bool,)>(
        "WITH p AS (SELECT ?::bigint AS login, ?::timestamptz AS now) \
         UPDATE users u SET second_factor_since = CASE \
            WHEN EXISTS (SELECT FROM totp_factors t WHERE t.user_id = p.login) \
              OR EXISTS (SELECT FROM passkeys k WHERE k.user_id = p.login) \
            THEN coalesce(u.second_factor_since, p.now) END \
         FROM p WHERE u.id = p.login RETURNING u.second_factor_since IS NOT NULL",
    )
    .bind::<BigInt, _>(user)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await?;
    if !has {
        delete_codes(conn, user).await?;
    }
    Ok(has)
}

/// Says that somebody has a second factor without one: for made-up places, never for a real
/// one. They sign in by their password alone.
pub async fn pretend(conn: &mut Conn, user: Id, now: DateTime<Utc>) -> Result<()> {
    diesel::update(users::table.find(user))
        .set(users::second_factor_since.eq(now))
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes a step. Steps that the user left lying are ended by it beyond five.
pub async fn insert_step(
    conn: &mut Conn,
    digest: &[u8; 32],
    user: Id,
    challenge: Option<&Value>,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    diesel::insert_into(sign_in_steps::table)
        .values((
            sign_in_steps::digest.eq(&digest[..]),
            sign_in_steps::user_id.eq(user),
            sign_in_steps::challenge.eq(challenge),
            sign_in_steps::created_at.eq(now),
            sign_in_steps::expires_at.eq(expires_at),
        ))
        .execute(conn)
        .await?;
    raw::<()>(
        "DELETE FROM sign_in_steps WHERE digest IN (SELECT digest FROM sign_in_steps \
         WHERE user_id = ? ORDER BY created_at DESC, digest OFFSET 5)",
    )
    .bind::<BigInt, _>(user)
    .execute(conn)
    .await?;
    Ok(())
}

/// A step as it stands: used and old ones too.
pub async fn find_step(conn: &mut Conn, digest: &[u8; 32]) -> Result<Option<SignInStep>> {
    Ok(sign_in_steps::table
        .find(&digest[..])
        .select(SignInStep::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The same, locked until the transaction ends: of two answers at once, the second waits.
pub async fn lock_step(conn: &mut Conn, digest: &[u8; 32]) -> Result<Option<SignInStep>> {
    Ok(sign_in_steps::table
        .find(&digest[..])
        .select(SignInStep::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()?)
}

/// Counts a wrong answer.
pub async fn count_try(conn: &mut Conn, digest: &[u8; 32]) -> Result<()> {
    diesel::update(sign_in_steps::table.find(&digest[..]))
        .set(sign_in_steps::tries.eq(sign_in_steps::tries + 1))
        .execute(conn)
        .await?;
    Ok(())
}

/// Uses a step up.
pub async fn end_step(conn: &mut Conn, digest: &[u8; 32], now: DateTime<Utc>) -> Result<()> {
    diesel::update(sign_in_steps::table.find(&digest[..]))
        .set(sign_in_steps::used_at.eq(now))
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends all open steps of a user: a factor or the password changed.
pub async fn end_steps(conn: &mut Conn, user: Id) -> Result<()> {
    diesel::delete(sign_in_steps::table.filter(sign_in_steps::user_id.eq(user)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Deletes steps that are over, 1,000 at the most; gives how many.
pub async fn delete_steps(conn: &mut Conn, now: DateTime<Utc>) -> Result<usize> {
    Ok(raw::<()>(
        "DELETE FROM sign_in_steps WHERE digest IN \
         (SELECT digest FROM sign_in_steps WHERE expires_at <= ? ORDER BY expires_at LIMIT 1000)",
    )
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?)
}
