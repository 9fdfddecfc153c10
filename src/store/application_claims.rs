//! `application_claims`: who is reading an application just now. A word to the others; it stops
//! nobody.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};

const TAKE: &str = "\
    WITH p AS (SELECT ?::bigint AS id, ?::bigint AS reader, ?::timestamptz AS at, ?::timestamptz AS until, ?::boolean AS over) \
    INSERT INTO application_claims AS c (application_id, user_id, until) SELECT id, reader, until FROM p \
    ON CONFLICT (application_id) DO UPDATE SET user_id = excluded.user_id, until = excluded.until \
    WHERE c.user_id = excluded.user_id OR c.until <= (SELECT at FROM p) OR (SELECT over FROM p)";

/// Says that this user reads it until then. While somebody else does it changes nothing, but
/// with `over`. `false` when it is somebody else's.
pub async fn take(
    conn: &mut Conn,
    application: Id,
    reader: Id,
    at: DateTime<Utc>,
    until: DateTime<Utc>,
    over: bool,
) -> Result<bool> {
    let changed = raw::<()>(TAKE)
        .bind::<BigInt, _>(application)
        .bind::<BigInt, _>(reader)
        .bind::<Timestamptz, _>(at)
        .bind::<Timestamptz, _>(until)
        .bind::<Bool, _>(over)
        .execute(conn)
        .await?;
    Ok(changed == 1)
}

/// This user does not read it any more.
pub async fn release(conn: &mut Conn, application: Id, reader: Id) -> Result<()> {
    raw::<()>("DELETE FROM application_claims WHERE application_id = ? AND user_id = ?")
        .bind::<BigInt, _>(application)
        .bind::<BigInt, _>(reader)
        .execute(conn)
        .await?;
    Ok(())
}

/// Nothing is read by this user any more.
pub async fn release_all(conn: &mut Conn, reader: Id) -> Result<()> {
    raw::<()>("DELETE FROM application_claims WHERE user_id = ?")
        .bind::<BigInt, _>(reader)
        .execute(conn)
        .await?;
    Ok(())
}

/// Who reads these: application, reader, until when.
pub async fn list(
    conn: &mut Conn,
    applications: &[Id],
    at: DateTime<Utc>,
) -> Result<Vec<(Id, Id, DateTime<Utc>)>> {
    Ok(raw::<(BigInt, BigInt, Timestamptz)>(
        "SELECT application_id, user_id, until FROM application_claims \
         WHERE application_id = ANY (?) AND until > ?",
    )
    .bind::<Array<BigInt>, _>(applications.to_vec())
    .bind::<Timestamptz, _>(at)
    .load(conn)
    .await?)
}
