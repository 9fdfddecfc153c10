//! Other servers (D18): one row each, found or made.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Integer, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};

/// A server as far as it concerns everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Host {
    /// `hosts.id`.
    pub id: Id,
    /// `hosts.flags`: the union of its policies (D15).
    pub flags: i32,
}

/// The server of that canonical domain, if it was ever heard of.
pub async fn find(conn: &mut Conn, domain: &str) -> Result<Option<Host>> {
    let row: Option<(Id, i32)> =
        raw::<(BigInt, Integer)>("SELECT id, flags FROM hosts WHERE domain = ?")
            .bind::<Text, _>(domain.to_owned())
            .get_result(conn)
            .await
            .optional()?;
    Ok(row.map(|(id, flags)| Host { id, flags }))
}

/// The same; it is written down when it is new. A known one is not touched.
pub async fn find_or_insert(conn: &mut Conn, domain: &str, at: DateTime<Utc>) -> Result<Host> {
    if let Some(host) = find(conn, domain).await? {
        return Ok(host);
    }
    let (id, flags): (Id, i32) = raw::<(BigInt, Integer)>(
        "INSERT INTO hosts AS h (domain, first_seen_at) VALUES (?, ?) \
         ON CONFLICT (domain) DO UPDATE SET domain = h.domain RETURNING id, flags",
    )
    .bind::<Text, _>(domain.to_owned())
    .bind::<Timestamptz, _>(at)
    .get_result(conn)
    .await?;
    Ok(Host { id, flags })
}
