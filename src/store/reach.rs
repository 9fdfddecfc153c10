//! Reach (D17): which servers have seen anything of an account, so that they hear when it
//! changes or goes.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};

/// Notes that a server has seen an account; again is no error, and no write.
pub async fn note(conn: &mut Conn, account: Id, host: Id, at: DateTime<Utc>) -> Result<()> {
    raw::<()>(
        "INSERT INTO reach (account_id, host_id, first_at) VALUES (?, ?, ?) \
         ON CONFLICT DO NOTHING",
    )
    .bind::<BigInt, _>(account)
    .bind::<BigInt, _>(host)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(())
}
