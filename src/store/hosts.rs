//! Other servers (D18): one row each, found or made.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Integer, Text, Timestamptz};
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

/// The servers of those canonical domains, written down where they are new, as (domain, id), in
/// no order. One statement.
pub async fn find_or_insert_all(
    conn: &mut Conn,
    domains: Vec<String>,
    at: DateTime<Utc>,
) -> Result<Vec<(String, Id)>> {
    Ok(raw::<(Text, BigInt)>(
        "WITH p AS (SELECT ?::text[] AS domains, ?::timestamptz AS at), \
         known AS (SELECT h.domain, h.id FROM p JOIN hosts h ON h.domain = ANY (p.domains)), \
         new AS (INSERT INTO hosts AS h (domain, first_seen_at) SELECT DISTINCT d.domain, p.at FROM p, unnest(p.domains) AS d (domain) \
             WHERE NOT EXISTS (SELECT 1 FROM known k WHERE k.domain = d.domain) \
             ON CONFLICT (domain) DO UPDATE SET domain = h.domain RETURNING h.domain, h.id) \
         SELECT domain, id FROM known UNION ALL SELECT domain, id FROM new",
    )
    .bind::<Array<Text>, _>(domains)
    .bind::<Timestamptz, _>(at)
    .load(conn)
    .await?)
}

/// A server whose turn it is to be asked what it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// `hosts.id`.
    pub id: Id,
    /// Canonical.
    pub domain: String,
}

/// Up to `most` servers that were not asked since `before` and were heard of since `heard`, the
/// longest waiting first; they count as asked `at` from now on, so that nobody else asks.
pub async fn to_ask(
    conn: &mut Conn,
    before: DateTime<Utc>,
    heard: DateTime<Utc>,
    most: i64,
    at: DateTime<Utc>,
) -> Result<Vec<Asked>> {
    let rows: Vec<(Id, String)> = raw::<(BigInt, Text)>(
        "WITH p AS (SELECT ?::timestamptz AS before, ?::timestamptz AS heard, ?::bigint AS most, ?::timestamptz AS at), \
         due AS (SELECT h.id FROM p JOIN hosts h ON (h.nodeinfo_at IS NULL OR h.nodeinfo_at < p.before) \
             AND (h.flags & 2) = 0 AND (h.first_seen_at > p.heard \
                 OR EXISTS (SELECT 1 FROM accounts a WHERE a.host_id = h.id AND a.fetched_at > p.heard)) \
             AND NOT EXISTS (SELECT 1 FROM delivery_hosts d WHERE d.host_id = h.id AND d.dead_since IS NOT NULL) \
             ORDER BY h.nodeinfo_at NULLS FIRST, h.id LIMIT (SELECT most FROM p) FOR UPDATE OF h SKIP LOCKED) \
         UPDATE hosts h SET nodeinfo_at = p.at FROM p, due WHERE h.id = due.id RETURNING h.id, h.domain",
    )
    .bind::<Timestamptz, _>(before)
    .bind::<Timestamptz, _>(heard)
    .bind::<BigInt, _>(most)
    .bind::<Timestamptz, _>(at)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(id, domain)| Asked { id, domain })
        .collect())
}

/// Notes what a server says that it runs: `software` of 100, `version` of 200 characters at the
/// most.
pub async fn runs(conn: &mut Conn, host: Id, software: String, version: String) -> Result<()> {
    raw::<()>("UPDATE hosts SET software = ?, version = nullif(?, '') WHERE id = ?")
        .bind::<Text, _>(software)
        .bind::<Text, _>(version)
        .bind::<BigInt, _>(host)
        .execute(conn)
        .await?;
    Ok(())
}

/// Sets when a server counts as asked: one that did not answer is asked again sooner.
pub async fn ask_again(conn: &mut Conn, host: Id, at: DateTime<Utc>) -> Result<()> {
    raw::<()>("UPDATE hosts SET nodeinfo_at = ? WHERE id = ?")
        .bind::<Timestamptz, _>(at)
        .bind::<BigInt, _>(host)
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes that the server of that canonical domain sends more than its budget, until then.
pub async fn note_flood(conn: &mut Conn, domain: &str, until: DateTime<Utc>) -> Result<()> {
    raw::<()>(
        "WITH p AS (SELECT ?::text AS domain, ?::timestamptz AS until) UPDATE hosts h SET flooding_until = p.until \
         FROM p WHERE h.domain = p.domain AND (h.flooding_until IS NULL OR h.flooding_until < p.until)",
    )
    .bind::<Text, _>(domain.to_owned())
    .bind::<Timestamptz, _>(until)
    .execute(conn)
    .await?;
    Ok(())
}
