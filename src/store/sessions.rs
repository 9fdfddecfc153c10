//! Sessions: web sign-ins, listed and revocable.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Timestamptz};
use diesel::{ExpressionMethods, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;
use ipnet::IpNet;

use super::Conn;
use super::access::SESSION_LIFE;
use super::raw::raw;
use crate::domain::{Id, Result};
use crate::model::schema::sessions;
use crate::model::session::Session;

/// The most that one user can hold; the oldest makes room.
pub const MOST_PER_USER: i64 = 50;

/// A sign-in to be written.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// SHA-256 of the cookie's value.
    pub digest: [u8; 32],
    /// Whose.
    pub user_id: Id,
    /// As the browser calls itself; cut to 500 characters.
    pub user_agent: String,
    /// From where.
    pub network: Option<IpNet>,
}

/// Writes a sign-in; gives its id. Those beyond [`MOST_PER_USER`] end, least seen first.
pub async fn insert(conn: &mut Conn, new: &NewSession, now: DateTime<Utc>) -> Result<i64> {
    let agent: String = new.user_agent.chars().take(500).collect();
    let id = diesel::insert_into(sessions::table)
        .values((
            sessions::digest.eq(&new.digest[..]),
            sessions::user_id.eq(new.user_id),
            sessions::user_agent.eq(agent),
            sessions::network.eq(new.network),
            sessions::created_at.eq(now),
            sessions::last_seen_at.eq(now),
            sessions::expires_at.eq(now + SESSION_LIFE),
        ))
        .returning(sessions::id)
        .get_result(conn)
        .await?;
    raw::<()>(
        "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE user_id = ? \
         ORDER BY last_seen_at DESC, id DESC OFFSET ?)",
    )
    .bind::<BigInt, _>(new.user_id)
    .bind::<BigInt, _>(MOST_PER_USER)
    .execute(conn)
    .await?;
    Ok(id)
}

/// A user's living sign-ins, last seen first; [`MOST_PER_USER`] at the most.
pub async fn list(conn: &mut Conn, user: Id, now: DateTime<Utc>) -> Result<Vec<Session>> {
    Ok(sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::expires_at.gt(now))
        .order((sessions::last_seen_at.desc(), sessions::id.desc()))
        .limit(MOST_PER_USER)
        .select(Session::as_select())
        .load(conn)
        .await?)
}

/// Whether this user is signed in from that very network.
pub async fn is_known_network(
    conn: &mut Conn,
    user: Id,
    network: IpNet,
    now: DateTime<Utc>,
) -> Result<bool> {
    let here = sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::network.eq(network))
        .filter(sessions::expires_at.gt(now));
    Ok(diesel::select(diesel::dsl::exists(here))
        .get_result(conn)
        .await?)
}

/// Ends one sign-in of this user; `false` when there is none of that id.
pub async fn delete(conn: &mut Conn, user: Id, id: i64) -> Result<bool> {
    let gone = diesel::delete(sessions::table.find(id).filter(sessions::user_id.eq(user)))
        .execute(conn)
        .await?;
    Ok(gone == 1)
}

/// Ends all sign-ins of this user but `keep`; gives how many.
pub async fn delete_all(conn: &mut Conn, user: Id, keep: Option<i64>) -> Result<usize> {
    Ok(diesel::delete(
        sessions::table
            .filter(sessions::user_id.eq(user))
            .filter(sessions::id.ne(keep.unwrap_or(0))),
    )
    .execute(conn)
    .await?)
}

/// Writes down when sessions were last seen, and lets them live on from there. One statement
/// for all; 1,000 at the most.
pub async fn touch(conn: &mut Conn, seen: &[(i64, DateTime<Utc>)]) -> Result<()> {
    if seen.is_empty() {
        return Ok(());
    }
    let (ids, times): (Vec<i64>, Vec<DateTime<Utc>>) = seen.iter().copied().unzip();
    let ends: Vec<DateTime<Utc>> = times.iter().map(|at| *at + SESSION_LIFE).collect();
    raw::<()>(
        "WITH seen AS (SELECT * FROM unnest(?::bigint[], ?::timestamptz[], ?::timestamptz[]) \
                       AS s (id, at, ends)) \
         UPDATE sessions SET last_seen_at = seen.at, expires_at = seen.ends FROM seen \
         WHERE sessions.id = seen.id AND sessions.last_seen_at < seen.at",
    )
    .bind::<Array<BigInt>, _>(ids)
    .bind::<Array<Timestamptz>, _>(times)
    .bind::<Array<Timestamptz>, _>(ends)
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets from where was signed in before `before`, 1,000 at the most; gives how many.
pub async fn forget_networks(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize> {
    Ok(raw::<()>(
        "UPDATE sessions SET network = NULL WHERE id IN \
         (SELECT id FROM sessions WHERE network IS NOT NULL AND created_at <= ? LIMIT 1000)",
    )
    .bind::<Timestamptz, _>(before)
    .execute(conn)
    .await?)
}

/// Deletes sign-ins that are too old, 1,000 at the most; gives how many.
pub async fn delete_expired(conn: &mut Conn, now: DateTime<Utc>) -> Result<usize> {
    Ok(raw::<()>(
        "DELETE FROM sessions WHERE id IN \
         (SELECT id FROM sessions WHERE expires_at <= ? ORDER BY expires_at LIMIT 1000)",
    )
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?)
}
