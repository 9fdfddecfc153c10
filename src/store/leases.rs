//! Leases: what only one process may do at a time.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::sql_types::{Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::Conn;
use super::raw::raw;
use crate::domain::Result;

const HOLD: &str = "\
    INSERT INTO leases AS l (name, holder, until) VALUES (?, ?, ?) \
    ON CONFLICT (name) DO UPDATE SET holder = EXCLUDED.holder, until = EXCLUDED.until \
    WHERE l.holder = EXCLUDED.holder OR l.until < ?";

/// Takes or prolongs the lease for `life`; whether it is held now. In a transaction the row
/// stays locked: nobody takes it over before the end.
pub async fn hold(
    conn: &mut Conn,
    name: &str,
    holder: Uuid,
    now: DateTime<Utc>,
    life: TimeDelta,
) -> Result<bool> {
    let touched = raw::<()>(HOLD)
        .bind::<Text, _>(name.to_owned())
        .bind::<SqlUuid, _>(holder)
        .bind::<Timestamptz, _>(now + life)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(touched > 0)
}

/// Gives the lease back, so that nobody waits for its end.
pub async fn release(conn: &mut Conn, name: &str, holder: Uuid) -> Result<()> {
    raw::<()>("DELETE FROM leases WHERE name = ? AND holder = ?")
        .bind::<Text, _>(name.to_owned())
        .bind::<SqlUuid, _>(holder)
        .execute(conn)
        .await?;
    Ok(())
}
