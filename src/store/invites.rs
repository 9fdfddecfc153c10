//! `invites`: codes that members give away, and what each person may.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Integer, Text, Timestamptz};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};
use crate::model::invite::Invite;
use crate::model::schema::invites;

/// What is to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct NewInvite {
    /// The code.
    pub code: String,
    /// Who makes it.
    pub user: Id,
    /// How often it may be used.
    pub uses: i32,
    /// A note for its maker.
    pub note: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// Writes an invite; `None` where that code is taken.
pub async fn insert(conn: &mut Conn, new: &NewInvite, at: DateTime<Utc>) -> Result<Option<Invite>> {
    Ok(diesel::insert_into(invites::table)
        .values((
            invites::code.eq(&new.code),
            invites::user_id.eq(new.user),
            invites::uses.eq(new.uses),
            invites::note.eq(&new.note),
            invites::created_at.eq(at),
            invites::expires_at.eq(new.expires_at),
        ))
        .on_conflict_do_nothing()
        .returning(Invite::as_returning())
        .get_result(conn)
        .await
        .optional()?)
}

/// The invites of a person, newest first.
pub async fn list(conn: &mut Conn, user: Id, most: i64) -> Result<Vec<Invite>> {
    Ok(invites::table
        .filter(invites::user_id.eq(user))
        .order(invites::id.desc())
        .limit(most)
        .select(Invite::as_select())
        .load(conn)
        .await?)
}

/// Holds a maker until the end of the transaction: who makes two invites at once makes them one
/// after the other.
pub async fn lock_maker(conn: &mut Conn, user: Id) -> Result<()> {
    raw::<()>("SELECT 1 FROM users WHERE id = ? FOR NO KEY UPDATE")
        .bind::<BigInt, _>(user)
        .execute(conn)
        .await?;
    Ok(())
}

/// How many of a person's invites are alive, and how many they made since then.
pub async fn counts(
    conn: &mut Conn,
    user: Id,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(i64, i64)> {
    Ok(raw::<(BigInt, BigInt)>(
        "WITH p AS (SELECT ?::bigint AS maker, ?::timestamptz AS since, ?::timestamptz AS now) \
         SELECT count(*) FILTER (WHERE i.used < i.uses AND i.revoked_at IS NULL AND i.expires_at > p.now), \
                count(*) FILTER (WHERE i.created_at > p.since) \
         FROM p LEFT JOIN invites i ON i.user_id = p.maker",
    )
    .bind::<BigInt, _>(user)
    .bind::<Timestamptz, _>(since)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await?)
}

/// Revokes an invite of this person; `false` where it is not theirs, or revoked already.
pub async fn revoke(conn: &mut Conn, id: i64, user: Id, at: DateTime<Utc>) -> Result<bool> {
    let done = diesel::update(invites::table.find(id))
        .filter(invites::user_id.eq(user))
        .filter(invites::revoked_at.is_null())
        .set(invites::revoked_at.eq(at))
        .execute(conn)
        .await?;
    Ok(done == 1)
}

/// Whose invite somebody brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inviter {
    /// The local name.
    pub username: String,
    /// The display name; may be empty.
    pub display_name: String,
}

// In good standing: a member who lives here, with neither a suspension nor frozen invites (flags
// 2 and 8).
macro_rules! live {
    () => {
        "i.used < i.uses AND i.revoked_at IS NULL AND i.expires_at > p.now \
         AND u.approved_at IS NOT NULL AND u.disabled_at IS NULL AND u.moved_at IS NULL AND a.flags & 10 = 0"
    };
}

/// Who invites with this code; `None` where it does not work now.
pub async fn find_live(conn: &mut Conn, code: &str, now: DateTime<Utc>) -> Result<Option<Inviter>> {
    let row: Option<(String, String)> = raw::<(Text, Text)>(concat!(
        "WITH p AS (SELECT ?::text AS code, ?::timestamptz AS now) \
         SELECT u.username, a.display_name FROM p JOIN invites i ON i.code = p.code \
         JOIN users u ON u.id = i.user_id JOIN accounts a ON a.id = u.account_id WHERE ",
        live!()
    ))
    .bind::<Text, _>(code.to_owned())
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(|(username, display_name)| Inviter {
        username,
        display_name,
    }))
}

/// Uses an invite once: gives its id and its maker, or `None` where it does not work now. Of two
/// who race for the last use one gets it.
pub async fn spend(conn: &mut Conn, code: &str, now: DateTime<Utc>) -> Result<Option<(i64, Id)>> {
    Ok(raw::<(BigInt, BigInt)>(concat!(
        "WITH p AS (SELECT ?::text AS code, ?::timestamptz AS now) \
         UPDATE invites i SET used = i.used + 1 FROM p CROSS JOIN users u JOIN accounts a ON a.id = u.account_id \
         WHERE i.code = p.code AND u.id = i.user_id AND ",
        live!(),
        " RETURNING i.id, i.user_id"
    ))
    .bind::<Text, _>(code.to_owned())
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await
    .optional()?)
}

/// What one person may, where an admin said so: invites alive, and uses of each.
pub async fn allowance(conn: &mut Conn, user: Id) -> Result<Option<(i32, i32)>> {
    Ok(
        raw::<(Integer, Integer)>("SELECT live, uses FROM invite_allowances WHERE user_id = ?")
            .bind::<BigInt, _>(user)
            .get_result(conn)
            .await
            .optional()?,
    )
}

/// Says what one person may.
pub async fn set_allowance(
    conn: &mut Conn,
    user: Id,
    (live, uses): (i32, i32),
    at: DateTime<Utc>,
) -> Result<()> {
    raw::<()>(
        "INSERT INTO invite_allowances (user_id, live, uses, updated_at) VALUES (?, ?, ?, ?) \
         ON CONFLICT (user_id) DO UPDATE SET live = excluded.live, uses = excluded.uses, \
             updated_at = excluded.updated_at",
    )
    .bind::<BigInt, _>(user)
    .bind::<Integer, _>(live)
    .bind::<Integer, _>(uses)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// What the role may holds for this person again.
pub async fn forget_allowance(conn: &mut Conn, user: Id) -> Result<()> {
    raw::<()>("DELETE FROM invite_allowances WHERE user_id = ?")
        .bind::<BigInt, _>(user)
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets invites that ended before then, a batch at a time. Who came by them stays known.
pub async fn forget(conn: &mut Conn, before: DateTime<Utc>, batch: i64) -> Result<usize> {
    Ok(raw::<()>(
        "DELETE FROM invites WHERE id IN (SELECT id FROM invites WHERE expires_at < ? LIMIT ?)",
    )
    .bind::<Timestamptz, _>(before)
    .bind::<BigInt, _>(batch)
    .execute(conn)
    .await?)
}
