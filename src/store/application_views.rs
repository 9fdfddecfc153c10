//! `application_views`: applications as cards showed them, to say what changed since.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Bytea, Jsonb, Timestamptz};
use diesel_async::RunQueryDsl;
use serde_json::Value;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};

// The latest twenty: nobody keeps more cards of one application open.
const KEEP: &str = "\
    WITH p AS (SELECT ?::bigint AS id, ?::bytea AS hash, ?::jsonb AS seen, ?::timestamptz AS at), \
    old AS (DELETE FROM application_views v USING p WHERE v.application_id = p.id AND v.hash <> p.hash AND v.at < ( \
        SELECT x.at FROM application_views x WHERE x.application_id = p.id ORDER BY x.at DESC OFFSET 19 LIMIT 1)) \
    INSERT INTO application_views (application_id, hash, seen, at) SELECT id, hash, seen, at FROM p \
    ON CONFLICT (application_id, hash) DO UPDATE SET at = excluded.at";

/// Keeps what was shown.
pub async fn keep(
    conn: &mut Conn,
    application: Id,
    hash: &[u8],
    seen: &Value,
    at: DateTime<Utc>,
) -> Result<()> {
    raw::<()>(KEEP)
        .bind::<BigInt, _>(application)
        .bind::<Bytea, _>(hash.to_vec())
        .bind::<Jsonb, _>(seen.clone())
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(())
}

/// What was shown under this hash; `None` when it was never, or not lately.
pub async fn find(conn: &mut Conn, application: Id, hash: &[u8]) -> Result<Option<Value>> {
    let row: Option<(Value,)> =
        raw::<(Jsonb,)>("SELECT seen FROM application_views WHERE application_id = ? AND hash = ?")
            .bind::<BigInt, _>(application)
            .bind::<Bytea, _>(hash.to_vec())
            .get_result(conn)
            .await
            .optional()?;
    Ok(row.map(|(seen,)| seen))
}

/// Forgets all of these applications: they are decided.
pub async fn forget(conn: &mut Conn, applications: &[Id]) -> Result<()> {
    use diesel::sql_types::Array;
    raw::<()>("DELETE FROM application_views WHERE application_id = ANY (?)")
        .bind::<Array<BigInt>, _>(applications.to_vec())
        .execute(conn)
        .await?;
    Ok(())
}
