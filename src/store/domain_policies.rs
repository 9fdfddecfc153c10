//! What holds for other servers (D15): many causes, strictest wins, lifting one leaves the
//! rest. `hosts.flags` is the union of what is in force, and what everybody reads.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Integer, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::{AsyncConnection, RunQueryDsl};

use super::Conn;
use super::raw::raw;
use crate::domain::policy::{PolicyKind, PolicySource};
use crate::domain::{Id, Result};

/// A policy to be laid on a host.
#[derive(Debug, Clone, PartialEq)]
pub struct NewPolicy {
    /// `hosts.id`.
    pub host: Id,
    /// What it does.
    pub kind: PolicyKind,
    /// Who wanted it.
    pub source: PolicySource,
    /// For everybody to read, 5,000 characters at the most.
    pub public_comment: String,
    /// For staff, likewise.
    pub private_comment: String,
    /// When it ends by itself.
    pub until: Option<DateTime<Utc>>,
}

/// A policy that is in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// `domain_policies.id`.
    pub id: i64,
    /// `hosts.domain`.
    pub domain: String,
    /// What it does.
    pub kind: PolicyKind,
    /// Who wanted it.
    pub source: PolicySource,
    /// For everybody to read.
    pub public_comment: String,
    /// For staff.
    pub private_comment: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it ends by itself.
    pub until: Option<DateTime<Utc>>,
}

const RECOUNT: &str = "\
    WITH p AS (SELECT ?::bigint AS host, ?::timestamptz AS at) \
    UPDATE hosts h SET flags = coalesce((SELECT bit_or(CASE d.kind WHEN 0 THEN 1 WHEN 1 THEN 2 WHEN 2 THEN 4 WHEN 3 THEN 8 END) \
      FROM domain_policies d WHERE d.host_id = h.id AND d.lifted_at IS NULL AND (d.until IS NULL OR d.until > p.at)), 0) \
    FROM p WHERE h.id = p.host";

async fn recount(conn: &mut Conn, host: Id, at: DateTime<Utc>) -> Result<()> {
    raw::<()>(RECOUNT)
        .bind::<BigInt, _>(host)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(())
}

/// Lays a policy on a host; gives its id. The flags follow in the same transaction.
pub async fn add(conn: &mut Conn, new: NewPolicy, at: DateTime<Utc>) -> Result<i64> {
    conn.transaction(async |conn| {
        // One at a time for a host, or the union of flags might miss a neighbour.
        raw::<()>("SELECT 1 FROM hosts WHERE id = ? FOR UPDATE")
            .bind::<BigInt, _>(new.host)
            .execute(conn)
            .await?;
        let (id,): (i64,) = raw::<(BigInt,)>(
            "INSERT INTO domain_policies (host_id, kind, source, public_comment, private_comment, since, until) \
             VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
        )
        .bind::<BigInt, _>(new.host)
        .bind::<SmallInt, _>(new.kind)
        .bind::<SmallInt, _>(new.source)
        .bind::<Text, _>(new.public_comment)
        .bind::<Text, _>(new.private_comment)
        .bind::<Timestamptz, _>(at)
        .bind::<Nullable<Timestamptz>, _>(new.until)
        .get_result(conn)
        .await?;
        recount(conn, new.host, at).await?;
        Ok(id)
    })
    .await
}

/// Lifts a policy; whether it was in force.
pub async fn lift(conn: &mut Conn, id: i64, by: Option<Id>, at: DateTime<Utc>) -> Result<bool> {
    conn.transaction(async |conn| {
        raw::<()>(
            "SELECT 1 FROM hosts WHERE id = (SELECT host_id FROM domain_policies WHERE id = ?) FOR UPDATE",
        )
        .bind::<BigInt, _>(id)
        .execute(conn)
        .await?;
        let hosts: Vec<(Id,)> = raw::<(BigInt,)>(
            "UPDATE domain_policies SET lifted_at = ?, lifted_by = ? \
             WHERE id = ? AND lifted_at IS NULL RETURNING host_id",
        )
        .bind::<Timestamptz, _>(at)
        .bind::<Nullable<BigInt>, _>(by)
        .bind::<BigInt, _>(id)
        .load(conn)
        .await?;
        for (host,) in &hosts {
            recount(conn, *host, at).await?;
        }
        Ok(!hosts.is_empty())
    })
    .await
}

/// Clears the flags of policies that ended by themselves; gives the hosts, a hundred at the most.
pub async fn expire(conn: &mut Conn, at: DateTime<Utc>) -> Result<Vec<Id>> {
    let ended: Vec<(Id,)> = raw::<(BigInt,)>(
        "WITH p AS (SELECT ?::timestamptz AS at) UPDATE domain_policies d SET lifted_at = d.until FROM p \
         WHERE d.id IN (SELECT e.id FROM domain_policies e, p WHERE e.until <= p.at AND e.lifted_at IS NULL LIMIT 100) \
         RETURNING d.host_id",
    )
    .bind::<Timestamptz, _>(at)
    .load(conn)
    .await?;
    let mut hosts: Vec<Id> = ended.into_iter().map(|(host,)| host).collect();
    hosts.sort_unstable();
    hosts.dedup();
    for host in &hosts {
        recount(conn, *host, at).await?;
    }
    Ok(hosts)
}

type PolicyColumns = (
    BigInt,
    Text,
    SmallInt,
    SmallInt,
    Text,
    Text,
    Timestamptz,
    Nullable<Timestamptz>,
);
type PolicyRow = (
    i64,
    String,
    PolicyKind,
    PolicySource,
    String,
    String,
    DateTime<Utc>,
    Option<DateTime<Utc>>,
);

/// Policies in force, by domain, behind `after`; `limit` at the most.
pub async fn list(
    conn: &mut Conn,
    after: &str,
    limit: i64,
    at: DateTime<Utc>,
) -> Result<Vec<Policy>> {
    let rows: Vec<PolicyRow> = raw::<PolicyColumns>(
        "SELECT d.id, h.domain, d.kind, d.source, d.public_comment, d.private_comment, d.since, d.until \
         FROM domain_policies d JOIN hosts h ON h.id = d.host_id \
         WHERE d.lifted_at IS NULL AND (d.until IS NULL OR d.until > ?) AND h.domain > ? \
         ORDER BY h.domain, d.id LIMIT ?",
    )
    .bind::<Timestamptz, _>(at)
    .bind::<Text, _>(after.to_owned())
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(
            |(id, domain, kind, source, public_comment, private_comment, since, until)| Policy {
                id,
                domain,
                kind,
                source,
                public_comment,
                private_comment,
                since,
                until,
            },
        )
        .collect())
}

/// All domains with flags, `limit` at the most: what a process keeps in mind.
pub async fn flagged(conn: &mut Conn, limit: i64) -> Result<Vec<(String, i32)>> {
    Ok(
        raw::<(Text, Integer)>("SELECT domain, flags FROM hosts WHERE flags <> 0 LIMIT ?")
            .bind::<BigInt, _>(limit)
            .load(conn)
            .await?,
    )
}
