//! Servers that are spoken with where only those are.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allow {
    /// `domain_allows.id`.
    pub id: i64,
    /// Canonical.
    pub domain: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

type Row = (i64, String, DateTime<Utc>);

fn allow((id, domain, created_at): Row) -> Allow {
    Allow {
        id,
        domain,
        created_at,
    }
}

/// Allows a server; gives the row that says so, and whether it is new.
pub async fn insert(
    conn: &mut Conn,
    domain: &str,
    by: Option<Id>,
    at: DateTime<Utc>,
) -> Result<(Allow, bool)> {
    let new: Option<Row> = raw::<(BigInt, Text, Timestamptz)>(
        "INSERT INTO domain_allows (domain, created_by, created_at) VALUES (?, ?, ?) \
         ON CONFLICT DO NOTHING RETURNING id, domain, created_at",
    )
    .bind::<Text, _>(domain.to_owned())
    .bind::<Nullable<BigInt>, _>(by)
    .bind::<Timestamptz, _>(at)
    .get_result(conn)
    .await
    .optional()?;
    if let Some(row) = new {
        return Ok((allow(row), true));
    }
    let row: Row = raw::<(BigInt, Text, Timestamptz)>(
        "SELECT id, domain, created_at FROM domain_allows WHERE domain = ?",
    )
    .bind::<Text, _>(domain.to_owned())
    .get_result(conn)
    .await?;
    Ok((allow(row), false))
}

/// Allows several at once; gives those that were not allowed before.
pub async fn insert_all(
    conn: &mut Conn,
    domains: Vec<String>,
    by: Option<Id>,
    at: DateTime<Utc>,
) -> Result<Vec<Allow>> {
    let rows: Vec<Row> = raw::<(BigInt, Text, Timestamptz)>(
        "WITH p AS (SELECT ?::text[] AS domains, ?::bigint AS by, ?::timestamptz AS at) \
         INSERT INTO domain_allows (domain, created_by, created_at) \
         SELECT n.domain, p.by, p.at FROM p, unnest(p.domains) n (domain) ORDER BY n.domain \
         ON CONFLICT DO NOTHING RETURNING id, domain, created_at",
    )
    .bind::<Array<Text>, _>(domains)
    .bind::<Nullable<BigInt>, _>(by)
    .bind::<Timestamptz, _>(at)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(allow).collect())
}

/// Takes one back; the domain, if it was there.
pub async fn delete(conn: &mut Conn, id: i64) -> Result<Option<String>> {
    let row: Option<(String,)> =
        raw::<(Text,)>("DELETE FROM domain_allows WHERE id = ? RETURNING domain")
            .bind::<BigInt, _>(id)
            .get_result(conn)
            .await
            .optional()?;
    Ok(row.map(|(domain,)| domain))
}

/// One of them.
pub async fn find(conn: &mut Conn, id: i64) -> Result<Option<Allow>> {
    let row: Option<Row> = raw::<(BigInt, Text, Timestamptz)>(
        "SELECT id, domain, created_at FROM domain_allows WHERE id = ?",
    )
    .bind::<BigInt, _>(id)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(allow))
}

/// A page, newest first, with ids between the two; `limit` at the most.
pub async fn list(conn: &mut Conn, above: i64, below: i64, limit: i64) -> Result<Vec<Allow>> {
    let rows: Vec<Row> = raw::<(BigInt, Text, Timestamptz)>(
        "SELECT id, domain, created_at FROM domain_allows WHERE id > ? AND id < ? ORDER BY id DESC LIMIT ?",
    )
    .bind::<BigInt, _>(above)
    .bind::<BigInt, _>(below)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(allow).collect())
}

/// All of them, `limit` at the most: what a process keeps in mind.
pub async fn all(conn: &mut Conn, limit: i64) -> Result<Vec<String>> {
    let rows: Vec<(String,)> =
        raw::<(Text,)>("SELECT domain FROM domain_allows ORDER BY domain LIMIT ?")
            .bind::<BigInt, _>(limit)
            .load(conn)
            .await?;
    Ok(rows.into_iter().map(|(domain,)| domain).collect())
}

/// Drops what waits for servers that are not allowed.
pub async fn drop_deliveries(conn: &mut Conn) -> Result<()> {
    raw::<()>(
        "WITH strange AS (SELECT h.id FROM hosts h JOIN delivery_hosts d ON d.host_id = h.id AND d.waiting > 0 \
             WHERE NOT EXISTS (SELECT 1 FROM domain_allows a WHERE a.domain = h.domain)), \
         gone AS (DELETE FROM deliveries q USING strange WHERE q.host_id = strange.id) \
         UPDATE delivery_hosts d SET waiting = 0, due_at = NULL FROM strange WHERE d.host_id = strange.id AND d.holder IS NULL",
    )
    .execute(conn)
    .await?;
    Ok(())
}
