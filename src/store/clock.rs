//! Reading the database's clock: for `app/clock.rs` alone.

use chrono::{DateTime, Utc};
use diesel::sql_types::Timestamptz;
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::Result;

/// The wall clock of the database's machine.
pub async fn read(conn: &mut Conn) -> Result<DateTime<Utc>> {
    let (at,): (DateTime<Utc>,) = raw::<(Timestamptz,)>("SELECT clock_timestamp()")
        .get_result(conn)
        .await?;
    Ok(at)
}
