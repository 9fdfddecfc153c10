//! What holds for other servers (D15): many causes, strictest wins, lifting one leaves the
//! rest. A policy reaches everything under its domain; `hosts.flags` is the union of what is in
//! force for a server, and what everybody reads.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::{AsyncConnection, RunQueryDsl};

use super::Conn;
use super::raw::{Raw, raw};
use crate::domain::policy::{PolicyKind, PolicySource};
use crate::domain::{Error, Id, Result};

/// A policy to be laid on a host.
#[derive(Debug, Clone, PartialEq)]
pub struct NewPolicy {
    /// `hosts.id`.
    pub host: Id,
    /// Who wanted it.
    pub source: PolicySource,
    /// What it says.
    pub terms: Terms,
}

/// What a policy says.
#[derive(Debug, Clone, PartialEq)]
pub struct Terms {
    /// What it does.
    pub kind: PolicyKind,
    /// Pictures and other media are not taken or shown.
    pub reject_media: bool,
    /// Reports are not taken.
    pub reject_reports: bool,
    /// For everybody to read, 5,000 characters at the most.
    pub public_comment: String,
    /// For staff, likewise.
    pub private_comment: String,
    /// Lists for everybody show a part of the name.
    pub obfuscate: bool,
    /// When it ends by itself.
    pub until: Option<DateTime<Utc>>,
}

impl Terms {
    /// Of a kind, for good, with nothing said.
    pub fn of(kind: PolicyKind) -> Terms {
        Terms {
            kind,
            reject_media: false,
            reject_reports: false,
            public_comment: String::new(),
            private_comment: String::new(),
            obfuscate: false,
            until: None,
        }
    }
}

/// A policy that is in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// `domain_policies.id`.
    pub id: i64,
    /// `hosts.id`.
    pub host: Id,
    /// `hosts.domain`.
    pub domain: String,
    /// Who wanted it.
    pub source: PolicySource,
    /// Since when.
    pub since: DateTime<Utc>,
    /// What it says.
    pub terms: Terms,
}

/// Whether a name is that of `d` or lies under it; of `h.domain` by the index `hosts_under`.
/// `d.domain` is a name, with a port or without; a port's policy holds for nothing but itself.
macro_rules! under {
    ($name:literal) => {
        concat!(
            "(",
            $name,
            " = d.domain OR (strpos(d.domain, ':') = 0 AND (reverse(split_part(",
            $name,
            ", ':', 1)) = reverse(d.domain) OR (reverse(split_part(",
            $name,
            ", ':', 1)) ~>=~ (reverse(d.domain) || '.') AND reverse(split_part(",
            $name,
            ", ':', 1)) ~<~ (reverse(d.domain) || '/')))))"
        )
    };
}

pub(super) use under;

// The walk through the accounts begins anew where it was under way: the flags are others now.
const RECOUNT: &str = concat!(
    "WITH p AS (SELECT ?::bigint[] AS hosts, ?::timestamptz AS at), ",
    "d AS (SELECT h.domain FROM hosts h JOIN p ON h.id = ANY (p.hosts)), ",
    "did AS (UPDATE hosts h SET flags = policy_flags(h.domain, p.at) FROM p, d WHERE ",
    under!("h.domain"),
    " AND h.flags <> policy_flags(h.domain, p.at) RETURNING h.id, h.flags), ",
    "cleared AS (DELETE FROM deliveries q USING did WHERE q.host_id = did.id AND (did.flags & 2) <> 0), ",
    "rested AS (UPDATE delivery_hosts r SET waiting = 0, due_at = NULL FROM did ",
    "WHERE r.host_id = did.id AND (did.flags & 2) <> 0 AND r.holder IS NULL), ",
    "swept AS (INSERT INTO host_sweeps (host_id, asked_at) SELECT w.id, p.at FROM p, ",
    "(SELECT did.id FROM did UNION SELECT n.host_id FROM d JOIN handle_domains n ON ",
    under!("n.domain"),
    ") w WHERE EXISTS (SELECT 1 FROM accounts a WHERE a.host_id = w.id) ",
    "ON CONFLICT (host_id) DO UPDATE SET cursor = 0, asked_at = excluded.asked_at) ",
    "SELECT count(*) FROM did"
);

/// From so many at once on, Postgres counts anew what is there before they are looked at: it
/// plans by tables as they were before, and a list of thousands would be read for each of its
/// lines.
const MANY: usize = 500;

/// Brings the flags of hosts and of all under them in line with what is in force, and asks for
/// the accounts there, and for those shown under these names, to be brought in line too.
async fn recount(conn: &mut Conn, hosts: Vec<Id>, at: DateTime<Utc>) -> Result<()> {
    if hosts.is_empty() {
        return Ok(());
    }
    if hosts.len() >= MANY {
        raw::<()>("ANALYZE hosts, domain_policies")
            .execute(conn)
            .await?;
    }
    raw::<(BigInt,)>(RECOUNT)
        .bind::<Array<BigInt>, _>(hosts)
        .bind::<Timestamptz, _>(at)
        .get_result::<(i64,)>(conn)
        .await?;
    Ok(())
}

/// One at a time for all policies, or the union of flags might miss a neighbour's. Until the
/// end of the transaction.
async fn lock(conn: &mut Conn) -> Result<()> {
    raw::<(Text,)>("SELECT pg_advisory_xact_lock(483127905130)::text")
        .get_result::<(String,)>(conn)
        .await?;
    Ok(())
}

/// Terms of many policies, a column each.
#[derive(Default)]
struct Columns {
    kinds: Vec<i16>,
    media: Vec<bool>,
    reports: Vec<bool>,
    public: Vec<String>,
    private: Vec<String>,
    obfuscate: Vec<bool>,
    until: Vec<Option<DateTime<Utc>>>,
}

/// What binds to it, as `t` with the column `key`: `bigint[]` of hosts or policies, then terms.
macro_rules! terms {
    () => {
        "SELECT * FROM unnest(?::bigint[], ?::smallint[], ?::boolean[], ?::boolean[], ?::text[], ?::text[], \
         ?::boolean[], ?::timestamptz[]) AS t (key, kind, reject_media, reject_reports, public_comment, \
         private_comment, obfuscate, until)"
    };
}

fn bind_terms<Row>(query: Raw<Row>, keys: Vec<i64>, terms: Vec<Terms>) -> Raw<Row> {
    let mut all = Columns::default();
    for one in terms {
        all.kinds.push(one.kind as i16);
        all.media.push(one.reject_media);
        all.reports.push(one.reject_reports);
        all.public.push(one.public_comment);
        all.private.push(one.private_comment);
        all.obfuscate.push(one.obfuscate);
        all.until.push(one.until);
    }
    query
        .bind::<Array<BigInt>, _>(keys)
        .bind::<Array<SmallInt>, _>(all.kinds)
        .bind::<Array<Bool>, _>(all.media)
        .bind::<Array<Bool>, _>(all.reports)
        .bind::<Array<Text>, _>(all.public)
        .bind::<Array<Text>, _>(all.private)
        .bind::<Array<Bool>, _>(all.obfuscate)
        .bind::<Array<Nullable<Timestamptz>>, _>(all.until)
}

/// Lays a policy on a host; gives its id. The flags follow in the same transaction.
pub async fn add(conn: &mut Conn, new: NewPolicy, at: DateTime<Utc>) -> Result<i64> {
    let (source, one) = (new.source, vec![(new.host, new.terms)]);
    let ids = add_all(conn, source, one, at).await?;
    ids.into_iter().next().ok_or(Error::NotFound)
}

/// Lays policies, one on a host; gives their ids in the same order. Three statements, however
/// many; the flags follow in the same transaction.
pub async fn add_all(
    conn: &mut Conn,
    source: PolicySource,
    new: Vec<(Id, Terms)>,
    at: DateTime<Utc>,
) -> Result<Vec<i64>> {
    let (hosts, terms): (Vec<Id>, Vec<Terms>) = new.into_iter().unzip();
    conn.transaction(async |conn| {
        lock(conn).await?;
        let insert = raw::<(BigInt, BigInt)>(concat!(
            "WITH t AS (",
            terms!(),
            ") INSERT INTO domain_policies (kind, reject_media, reject_reports, public_comment, private_comment, \
             obfuscate, until, host_id, source, since) SELECT t.kind, t.reject_media, t.reject_reports, \
             t.public_comment, t.private_comment, t.obfuscate, t.until, t.key, ?, ? FROM t RETURNING host_id, id",
        ));
        let made: Vec<(Id, i64)> = bind_terms(insert, hosts.clone(), terms)
            .bind::<SmallInt, _>(source)
            .bind::<Timestamptz, _>(at)
            .load(conn)
            .await?;
        let made: HashMap<Id, i64> = made.into_iter().collect();
        let ids = hosts.iter().filter_map(|host| made.get(host).copied()).collect();
        recount(conn, hosts, at).await?;
        Ok(ids)
    })
    .await
}

/// Changes what policies in force say; gives the ids of those that were in force. Three
/// statements, however many.
pub async fn change_all(
    conn: &mut Conn,
    changes: Vec<(i64, Terms)>,
    at: DateTime<Utc>,
) -> Result<Vec<i64>> {
    let (ids, terms): (Vec<i64>, Vec<Terms>) = changes.into_iter().unzip();
    conn.transaction(async |conn| {
        lock(conn).await?;
        let update = raw::<(BigInt, BigInt)>(concat!(
            "WITH t AS (",
            terms!(),
            ") UPDATE domain_policies d SET kind = t.kind, reject_media = t.reject_media, \
             reject_reports = t.reject_reports, public_comment = t.public_comment, \
             private_comment = t.private_comment, obfuscate = t.obfuscate, until = t.until \
             FROM t WHERE d.id = t.key AND d.lifted_at IS NULL RETURNING d.id, d.host_id",
        ));
        let changed: Vec<(i64, Id)> = bind_terms(update, ids, terms).load(conn).await?;
        let (changed, hosts) = changed.into_iter().unzip();
        recount(conn, hosts, at).await?;
        Ok(changed)
    })
    .await
}

/// Lifts a policy; whether it was in force.
pub async fn lift(conn: &mut Conn, id: i64, by: Option<Id>, at: DateTime<Utc>) -> Result<bool> {
    conn.transaction(async |conn| {
        lock(conn).await?;
        let host: Option<(Id,)> = raw::<(BigInt,)>(
            "UPDATE domain_policies SET lifted_at = ?, lifted_by = ? \
             WHERE id = ? AND lifted_at IS NULL RETURNING host_id",
        )
        .bind::<Timestamptz, _>(at)
        .bind::<Nullable<BigInt>, _>(by)
        .bind::<BigInt, _>(id)
        .get_result(conn)
        .await
        .optional()?;
        if let Some((host,)) = host {
            recount(conn, vec![host], at).await?;
        }
        Ok(host.is_some())
    })
    .await
}

/// Lifts the policies that ended by themselves, a hundred at the most, and leaves what they cut
/// as it is; gives the hosts.
pub async fn expire(conn: &mut Conn, at: DateTime<Utc>) -> Result<Vec<Id>> {
    conn.transaction(async |conn| {
        lock(conn).await?;
        let ended: Vec<(Id, i64)> = raw::<(BigInt, BigInt)>(
            "WITH p AS (SELECT ?::timestamptz AS at) UPDATE domain_policies d SET lifted_at = d.until FROM p \
             WHERE d.id IN (SELECT e.id FROM domain_policies e, p WHERE e.until <= p.at AND e.lifted_at IS NULL LIMIT 100) \
             RETURNING d.host_id, d.id",
        )
        .bind::<Timestamptz, _>(at)
        .load(conn)
        .await?;
        let (mut hosts, policies): (Vec<Id>, Vec<i64>) = ended.into_iter().unzip();
        hosts.sort_unstable();
        hosts.dedup();
        recount(conn, hosts.clone(), at).await?;
        super::severances::part_of(conn, policies, at).await?;
        Ok(hosts)
    })
    .await
}

type PolicyColumns = (
    (BigInt, BigInt, Text, SmallInt, Timestamptz),
    (
        SmallInt,
        Bool,
        Bool,
        Text,
        Text,
        Bool,
        Nullable<Timestamptz>,
    ),
);
type PolicyRow = (
    (i64, Id, String, PolicySource, DateTime<Utc>),
    (
        PolicyKind,
        bool,
        bool,
        String,
        String,
        bool,
        Option<DateTime<Utc>>,
    ),
);

macro_rules! policies {
    ($($rest:literal),+) => {
        concat!(
            "SELECT d.id, h.id, h.domain, d.source, d.since, d.kind, d.reject_media, d.reject_reports, ",
            "d.public_comment, d.private_comment, d.obfuscate, d.until ",
            "FROM domain_policies d JOIN hosts h ON h.id = d.host_id WHERE d.lifted_at IS NULL AND ",
            $($rest),+
        )
    };
}

fn policy((head, terms): PolicyRow) -> Policy {
    let (id, host, domain, source, since) = head;
    let (kind, reject_media, reject_reports, public_comment, private_comment, obfuscate, until) =
        terms;
    Policy {
        id,
        host,
        domain,
        source,
        since,
        terms: Terms {
            kind,
            reject_media,
            reject_reports,
            public_comment,
            private_comment,
            obfuscate,
            until,
        },
    }
}

/// Policies in force whose domain holds `part` (empty: all), by domain, behind the policy
/// `after` (a domain and an id); `limit` at the most.
pub async fn list(
    conn: &mut Conn,
    part: &str,
    after: (&str, i64),
    limit: i64,
    at: DateTime<Utc>,
) -> Result<Vec<Policy>> {
    let rows: Vec<PolicyRow> = raw::<PolicyColumns>(policies!(
        "(d.until IS NULL OR d.until > ?) AND (h.domain, d.id) > (?, ?) AND strpos(h.domain, ?) > 0 ",
        "ORDER BY h.domain, d.id LIMIT ?"
    ))
    .bind::<Timestamptz, _>(at)
    .bind::<Text, _>(after.0.to_owned())
    .bind::<BigInt, _>(after.1)
    .bind::<Text, _>(part.to_owned())
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(policy).collect())
}

/// Those in force with ids between the two, newest first; `limit` at the most.
pub async fn latest(
    conn: &mut Conn,
    above: i64,
    below: i64,
    limit: i64,
    at: DateTime<Utc>,
) -> Result<Vec<Policy>> {
    let rows: Vec<PolicyRow> = raw::<PolicyColumns>(policies!(
        "(d.until IS NULL OR d.until > ?) AND d.id > ? AND d.id < ? ORDER BY d.id DESC LIMIT ?"
    ))
    .bind::<Timestamptz, _>(at)
    .bind::<BigInt, _>(above)
    .bind::<BigInt, _>(below)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(policy).collect())
}

/// One that is in force.
pub async fn find(conn: &mut Conn, id: i64, at: DateTime<Utc>) -> Result<Option<Policy>> {
    let row: Option<PolicyRow> =
        raw::<PolicyColumns>(policies!("d.id = ? AND (d.until IS NULL OR d.until > ?)"))
            .bind::<BigInt, _>(id)
            .bind::<Timestamptz, _>(at)
            .get_result(conn)
            .await
            .optional()?;
    Ok(row.map(policy))
}

/// Those in force on any of `domains` exactly.
pub async fn of_domains(
    conn: &mut Conn,
    domains: Vec<String>,
    at: DateTime<Utc>,
) -> Result<Vec<Policy>> {
    let rows: Vec<PolicyRow> = raw::<PolicyColumns>(policies!(
        "h.domain = ANY (?) AND (d.until IS NULL OR d.until > ?) ORDER BY d.id"
    ))
    .bind::<Array<Text>, _>(domains)
    .bind::<Timestamptz, _>(at)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(policy).collect())
}

/// How many are in force.
pub async fn count(conn: &mut Conn, at: DateTime<Utc>) -> Result<i64> {
    let (count,): (i64,) = raw::<(BigInt,)>(
        "SELECT count(*) FROM domain_policies WHERE lifted_at IS NULL AND (until IS NULL OR until > ?)",
    )
    .bind::<Timestamptz, _>(at)
    .get_result(conn)
    .await?;
    Ok(count)
}

/// All domains with flags, `limit` at the most, and whether the setting of that key says that
/// only allowed ones are spoken with: what a process keeps in mind. One statement.
pub async fn flagged(
    conn: &mut Conn,
    setting: &str,
    limit: i64,
) -> Result<(Vec<(String, i32)>, bool)> {
    let rows: Vec<(Option<String>, i32, bool)> = raw::<(Nullable<Text>, Integer, Bool)>(
        "SELECT h.domain, coalesce(h.flags, 0), coalesce(s.few, false) \
         FROM (SELECT bool_or((value->>'allow_list')::boolean) AS few FROM instance_settings WHERE key = ?) s \
         LEFT JOIN hosts h ON h.flags <> 0 LIMIT ?",
    )
    .bind::<Text, _>(setting.to_owned())
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    let only_some = rows.iter().any(|(.., few)| *few);
    let flags = rows
        .into_iter()
        .filter_map(|(domain, flags, _)| Some((domain?, flags)))
        .collect();
    Ok((flags, only_some))
}
