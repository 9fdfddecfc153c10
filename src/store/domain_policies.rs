//! What holds for other servers (D15): many causes, strictest wins, lifting one leaves the
//! rest. A policy reaches everything under its domain; `hosts.flags` is the union of what is in
//! force for a server, and what everybody reads.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::{AsyncConnection, RunQueryDsl};

use super::Conn;
use super::raw::{Raw, raw};
use crate::domain::policy::{PolicyKind, PolicySource};
use crate::domain::{Id, Result};

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

/// Whether host `h` is the host `d` or lies under it, by the index `hosts_under`: `d.domain`
/// is a name, with a port or without; a port's policy holds for nothing but itself.
macro_rules! under {
    () => {
        "(h.domain = d.domain OR (strpos(d.domain, ':') = 0 AND (\
         reverse(split_part(h.domain, ':', 1)) = reverse(d.domain) \
         OR (reverse(split_part(h.domain, ':', 1)) ~>=~ (reverse(d.domain) || '.') \
         AND reverse(split_part(h.domain, ':', 1)) ~<~ (reverse(d.domain) || '/')))))"
    };
}

// The walk through the accounts begins anew where it was under way: the flags are others now.
const RECOUNT: &str = concat!(
    "WITH p AS (SELECT ?::bigint AS host, ?::timestamptz AS at), ",
    "d AS (SELECT h.domain FROM hosts h JOIN p ON p.host = h.id), ",
    "did AS (UPDATE hosts h SET flags = policy_flags(h.domain, p.at) FROM p, d WHERE ",
    under!(),
    " AND h.flags <> policy_flags(h.domain, p.at) RETURNING h.id, h.flags), ",
    "cleared AS (DELETE FROM deliveries q USING did WHERE q.host_id = did.id AND (did.flags & 2) <> 0), ",
    "rested AS (UPDATE delivery_hosts r SET waiting = 0, due_at = NULL FROM did ",
    "WHERE r.host_id = did.id AND (did.flags & 2) <> 0 AND r.holder IS NULL), ",
    "swept AS (INSERT INTO host_sweeps (host_id, asked_at) SELECT did.id, p.at FROM did CROSS JOIN p ",
    "WHERE EXISTS (SELECT 1 FROM accounts a WHERE a.host_id = did.id) ",
    "ON CONFLICT (host_id) DO UPDATE SET cursor = 0, asked_at = excluded.asked_at) ",
    "SELECT count(*) FROM did"
);

/// Brings the flags of a host and of all under it in line with what is in force, and asks for
/// their accounts to be brought in line too.
async fn recount(conn: &mut Conn, host: Id, at: DateTime<Utc>) -> Result<()> {
    raw::<(BigInt,)>(RECOUNT)
        .bind::<BigInt, _>(host)
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

/// Lays a policy on a host; gives its id. The flags follow in the same transaction.
pub async fn add(conn: &mut Conn, new: NewPolicy, at: DateTime<Utc>) -> Result<i64> {
    conn.transaction(async |conn| {
        lock(conn).await?;
        let insert = raw::<(BigInt,)>(
            "INSERT INTO domain_policies (kind, reject_media, reject_reports, public_comment, private_comment, \
             obfuscate, until, host_id, source, since) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        );
        let (id,): (i64,) = bind_terms(insert, new.terms)
            .bind::<BigInt, _>(new.host)
            .bind::<SmallInt, _>(new.source)
            .bind::<Timestamptz, _>(at)
            .get_result(conn)
            .await?;
        recount(conn, new.host, at).await?;
        Ok(id)
    })
    .await
}

fn bind_terms<Row>(query: Raw<Row>, terms: Terms) -> Raw<Row> {
    query
        .bind::<SmallInt, _>(terms.kind)
        .bind::<Bool, _>(terms.reject_media)
        .bind::<Bool, _>(terms.reject_reports)
        .bind::<Text, _>(terms.public_comment)
        .bind::<Text, _>(terms.private_comment)
        .bind::<Bool, _>(terms.obfuscate)
        .bind::<Nullable<Timestamptz>, _>(terms.until)
}

/// Changes what a policy in force says; whether it was in force.
pub async fn change(conn: &mut Conn, id: i64, terms: Terms, at: DateTime<Utc>) -> Result<bool> {
    conn.transaction(async |conn| {
        lock(conn).await?;
        let update = raw::<(BigInt,)>(
            "UPDATE domain_policies SET kind = ?, reject_media = ?, reject_reports = ?, public_comment = ?, \
             private_comment = ?, obfuscate = ?, until = ? WHERE id = ? AND lifted_at IS NULL RETURNING host_id",
        );
        let host: Option<(Id,)> = bind_terms(update, terms)
            .bind::<BigInt, _>(id)
            .get_result(conn)
            .await
            .optional()?;
        if let Some((host,)) = host {
            recount(conn, host, at).await?;
        }
        Ok(host.is_some())
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
            recount(conn, host, at).await?;
        }
        Ok(host.is_some())
    })
    .await
}

const SEVER: &str = concat!(
    "WITH p AS (SELECT ?::bigint AS host, ?::bigint AS severance, ?::timestamptz AS at), ",
    "d AS (SELECT h.domain FROM hosts h JOIN p ON p.host = h.id) ",
    "INSERT INTO host_sweeps (host_id, asked_at, severance_id) ",
    "SELECT h.id, p.at, p.severance FROM p, d, hosts h WHERE (h.flags & 2) <> 0 AND ",
    under!(),
    " AND EXISTS (SELECT 1 FROM accounts a WHERE a.host_id = h.id) ",
    "ON CONFLICT (host_id) DO UPDATE SET cursor = 0, severance_id = excluded.severance_id"
);

/// Names the severance that takes the follows which a suspension of `host` ends: what is
/// suspended there and under it is walked through from the beginning.
pub async fn sever(conn: &mut Conn, host: Id, severance: Id, at: DateTime<Utc>) -> Result<()> {
    raw::<()>(SEVER)
        .bind::<BigInt, _>(host)
        .bind::<BigInt, _>(severance)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(())
}

/// What a suspension of a domain would cut. Counts go up to [`COUNTED`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cut {
    /// Follows of people there by people here.
    pub following: i64,
    /// Follows of people here by people there.
    pub followers: i64,
    /// People there that are known.
    pub accounts: i64,
    /// Posts of theirs that are kept, and hidden.
    pub posts: i64,
    /// Servers under the domain, itself among them.
    pub hosts: i64,
}

/// What a count goes up to.
pub const COUNTED: i64 = 100_000;

macro_rules! there {
    () => {
        concat!(
            "WITH d AS (SELECT ?::text AS domain), n AS (SELECT ?::bigint AS most), ",
            "w AS MATERIALIZED (SELECT h.id FROM d, hosts h WHERE ",
            under!(),
            ") "
        )
    };
}

const CUT: &str = concat!(
    there!(),
    "SELECT (SELECT count(*) FROM (SELECT 1 FROM w JOIN accounts a ON a.host_id = w.id JOIN follows f ON f.target_id = a.id ",
    "WHERE f.follower_host_id IS NULL LIMIT (SELECT most FROM n)) x), ",
    "(SELECT count(*) FROM (SELECT 1 FROM w JOIN follows f ON f.follower_host_id = w.id LIMIT (SELECT most FROM n)) x), ",
    "(SELECT count(*) FROM (SELECT 1 FROM w JOIN accounts a ON a.host_id = w.id LIMIT (SELECT most FROM n)) x), ",
    "(SELECT count(*) FROM (SELECT 1 FROM w JOIN accounts a ON a.host_id = w.id JOIN statuses s ON s.account_id = a.id ",
    "LIMIT (SELECT most FROM n)) x), (SELECT count(*) FROM w)"
);

/// Counts it; `domain` is canonical.
pub async fn cut(conn: &mut Conn, domain: &str) -> Result<Cut> {
    type Columns = (BigInt, BigInt, BigInt, BigInt, BigInt);
    let (following, followers, accounts, posts, hosts): (i64, i64, i64, i64, i64) =
        raw::<Columns>(CUT)
            .bind::<Text, _>(domain.to_owned())
            .bind::<BigInt, _>(COUNTED)
            .get_result(conn)
            .await?;
    Ok(Cut {
        following,
        followers,
        accounts,
        posts,
        hosts,
    })
}

const CUT_FOLLOWING: &str = concat!(
    there!(),
    "SELECT f.account_id, f.target_id FROM w JOIN accounts a ON a.host_id = w.id JOIN follows f ON f.target_id = a.id ",
    "WHERE f.follower_host_id IS NULL ORDER BY f.id DESC LIMIT (SELECT most FROM n)"
);
const CUT_FOLLOWERS: &str = concat!(
    there!(),
    "SELECT f.target_id, f.account_id FROM w JOIN follows f ON f.follower_host_id = w.id ",
    "ORDER BY f.id DESC LIMIT (SELECT most FROM n)"
);

/// The latest follows that a suspension would cut, as (who lives here, who lives there): those
/// of people there (`following`), or by them.
pub async fn cut_names(
    conn: &mut Conn,
    domain: &str,
    following: bool,
    limit: i64,
) -> Result<Vec<(Id, Id)>> {
    Ok(raw::<(BigInt, BigInt)>(match following {
        true => CUT_FOLLOWING,
        false => CUT_FOLLOWERS,
    })
    .bind::<Text, _>(domain.to_owned())
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}

/// Lifts the policies that ended by themselves, a hundred at the most; gives the hosts.
pub async fn expire(conn: &mut Conn, at: DateTime<Utc>) -> Result<Vec<Id>> {
    conn.transaction(async |conn| {
        lock(conn).await?;
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
