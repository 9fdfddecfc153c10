//! Addresses that get one last mail after their row let go of them: of who withdrew, of who
//! took another one.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};

/// Whom the last mail is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parting {
    /// The address.
    pub email: String,
    /// The user name.
    pub username: String,
    /// The language, a BCP 47 tag.
    pub locale: String,
}

/// Keeps the address of a user, as it is now, if it was confirmed; gives the id of what was
/// kept.
pub async fn keep(conn: &mut Conn, user: Id, at: DateTime<Utc>) -> Result<Option<i64>> {
    let rows: Vec<(i64,)> = raw::<(BigInt,)>(
        "WITH p AS (SELECT ?::bigint AS login, ?::timestamptz AS at) \
         INSERT INTO parting_addresses (email, username, locale, created_at) \
         SELECT u.email, u.username, u.locale, p.at FROM p JOIN users u ON u.id = p.login \
         WHERE u.email IS NOT NULL AND u.email_confirmed_at IS NOT NULL RETURNING id",
    )
    .bind::<BigInt, _>(user)
    .bind::<Timestamptz, _>(at)
    .load(conn)
    .await?;
    Ok(rows.into_iter().next().map(|(id,)| id))
}

/// The address of that id.
pub async fn find(conn: &mut Conn, id: i64) -> Result<Option<Parting>> {
    let rows: Vec<(String, String, String)> = raw::<(Text, Text, Text)>(
        "SELECT email, username, locale FROM parting_addresses WHERE id = ?",
    )
    .bind::<BigInt, _>(id)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .next()
        .map(|(email, username, locale)| Parting {
            email,
            username,
            locale,
        }))
}

/// Lets go of it: its mail is gone.
pub async fn forget(conn: &mut Conn, id: i64) -> Result<()> {
    raw::<()>("DELETE FROM parting_addresses WHERE id = ?")
        .bind::<BigInt, _>(id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Lets go of those kept before `before`, whatever became of their mails; 1,000 at the most.
pub async fn sweep(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize> {
    Ok(raw::<()>(
        "DELETE FROM parting_addresses WHERE id IN \
         (SELECT id FROM parting_addresses WHERE created_at < ? LIMIT 1000)",
    )
    .bind::<Timestamptz, _>(before)
    .execute(conn)
    .await?)
}
