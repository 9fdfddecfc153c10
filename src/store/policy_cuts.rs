//! What a suspension of a domain cuts: counted before it, and named to the walk that cuts it.
//!
//! It concerns the accounts of all servers under the domain, and those of other servers that are
//! shown under it (`handle_domains`).

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::domain_policies::under;
use super::raw::raw;
use crate::domain::{Id, Result};

const SEVER: &str = concat!(
    "WITH p AS (SELECT ?::bigint AS host, ?::bigint AS severance, ?::timestamptz AS at), ",
    "d AS (SELECT h.domain FROM hosts h JOIN p ON p.host = h.id), ",
    "w AS (SELECT h.id FROM d, hosts h WHERE (h.flags & 2) <> 0 AND ",
    under!("h.domain"),
    " UNION SELECT n.host_id FROM d, handle_domains n WHERE ",
    under!("n.domain"),
    ") INSERT INTO host_sweeps (host_id, asked_at, severance_id) ",
    "SELECT w.id, p.at, p.severance FROM p, w WHERE EXISTS (SELECT 1 FROM accounts a WHERE a.host_id = w.id) ",
    "ON CONFLICT (host_id) DO UPDATE SET cursor = 0, severance_id = excluded.severance_id"
);

/// Names the severance that takes the follows which a suspension of `host` ends: what is
/// suspended there, under it and by its name is walked through from the beginning.
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

/// The servers `w` under a domain, and the accounts `o` of others that are shown under it.
macro_rules! there {
    () => {
        concat!(
            "WITH d AS (SELECT ?::text AS domain), n AS (SELECT ?::bigint AS most), ",
            "w AS MATERIALIZED (SELECT h.id FROM d, hosts h WHERE ",
            under!("h.domain"),
            "), o AS MATERIALIZED (SELECT a.id, a.host_id FROM d, handle_domains s ",
            "JOIN accounts a ON a.host_id = s.host_id AND a.handle_domain = s.domain WHERE ",
            under!("s.domain"),
            " AND NOT EXISTS (SELECT 1 FROM w WHERE w.id = s.host_id)), ",
            "people AS (SELECT a.id FROM w JOIN accounts a ON a.host_id = w.id UNION ALL SELECT id FROM o), ",
            "theirs AS (SELECT f.id, f.account_id, f.target_id FROM w JOIN follows f ON f.follower_host_id = w.id ",
            "UNION ALL SELECT f.id, f.account_id, f.target_id FROM o JOIN follows f ON f.account_id = o.id ",
            "AND f.follower_host_id IS NOT NULL) "
        )
    };
}

const CUT: &str = concat!(
    there!(),
    "SELECT (SELECT count(*) FROM (SELECT 1 FROM people a JOIN follows f ON f.target_id = a.id ",
    "WHERE f.follower_host_id IS NULL LIMIT (SELECT most FROM n)) x), ",
    "(SELECT count(*) FROM (SELECT 1 FROM theirs LIMIT (SELECT most FROM n)) x), ",
    "(SELECT count(*) FROM (SELECT 1 FROM people LIMIT (SELECT most FROM n)) x), ",
    "(SELECT count(*) FROM (SELECT 1 FROM people a JOIN statuses s ON s.account_id = a.id ",
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

const CUTTING: &str = concat!(
    "WITH d AS (SELECT unnest(?::text[]) AS domain) SELECT d.domain FROM d WHERE ",
    "EXISTS (SELECT 1 FROM hosts h JOIN accounts a ON a.host_id = h.id JOIN follows f ON f.target_id = a.id ",
    "AND f.follower_host_id IS NULL WHERE ",
    under!("h.domain"),
    ") OR EXISTS (SELECT 1 FROM hosts h JOIN follows f ON f.follower_host_id = h.id WHERE ",
    under!("h.domain"),
    ") OR EXISTS (SELECT 1 FROM handle_domains s JOIN accounts a ON a.host_id = s.host_id AND a.handle_domain = s.domain ",
    "JOIN follows f ON f.target_id = a.id OR f.account_id = a.id WHERE ",
    under!("s.domain"),
    ")"
);

/// Those of `domains`, canonical, whose suspension would cut any follow. One statement.
pub async fn cutting(conn: &mut Conn, domains: Vec<String>) -> Result<Vec<String>> {
    if domains.is_empty() {
        return Ok(domains);
    }
    let rows: Vec<(String,)> = raw::<(Text,)>(CUTTING)
        .bind::<Array<Text>, _>(domains)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(domain,)| domain).collect())
}

/// Follows that suspensions would end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ends {
    /// Of people there by people here.
    pub following: i64,
    /// Of people here by people there.
    pub followers: i64,
}

// A follow that two of the domains would end is counted at both, and once in all.
const ENDS: &str = concat!(
    "WITH d AS (SELECT unnest(?::text[]) AS domain), ",
    "w AS MATERIALIZED (SELECT d.domain, h.id FROM d, hosts h WHERE ",
    under!("h.domain"),
    "), o AS MATERIALIZED (SELECT d.domain, a.id FROM d, handle_domains s ",
    "JOIN accounts a ON a.host_id = s.host_id AND a.handle_domain = s.domain WHERE ",
    under!("s.domain"),
    " AND NOT EXISTS (SELECT 1 FROM w WHERE w.domain = d.domain AND w.id = s.host_id)), ",
    "e AS (SELECT w.domain, f.id, true AS ours FROM w JOIN accounts a ON a.host_id = w.id ",
    "JOIN follows f ON f.target_id = a.id AND f.follower_host_id IS NULL ",
    "UNION ALL SELECT w.domain, f.id, false FROM w JOIN follows f ON f.follower_host_id = w.id ",
    "UNION ALL SELECT o.domain, f.id, true FROM o JOIN follows f ON f.target_id = o.id AND f.follower_host_id IS NULL ",
    "UNION ALL SELECT o.domain, f.id, false FROM o JOIN follows f ON f.account_id = o.id ",
    "AND f.follower_host_id IS NOT NULL) ",
    "SELECT domain, count(DISTINCT id) FILTER (WHERE ours), count(DISTINCT id) FILTER (WHERE NOT ours) ",
    "FROM e GROUP BY GROUPING SETS ((domain), ())"
);

/// What suspensions of all these `domains`, canonical, would end together, and each of those that
/// would end any. One statement.
pub async fn ends(conn: &mut Conn, domains: Vec<String>) -> Result<(Ends, Vec<(String, Ends)>)> {
    let (mut all, mut each) = (Ends::default(), Vec::new());
    if domains.is_empty() {
        return Ok((all, each));
    }
    type Row = (Option<String>, i64, i64);
    let rows: Vec<Row> = raw::<(Nullable<Text>, BigInt, BigInt)>(ENDS)
        .bind::<Array<Text>, _>(domains)
        .load(conn)
        .await?;
    for (domain, following, followers) in rows {
        let ends = Ends {
            following,
            followers,
        };
        match domain {
            Some(domain) => each.push((domain, ends)),
            None => all = ends,
        }
    }
    Ok((all, each))
}

const CUT_FOLLOWING: &str = concat!(
    there!(),
    "SELECT f.account_id, f.target_id FROM people a JOIN follows f ON f.target_id = a.id ",
    "WHERE f.follower_host_id IS NULL ORDER BY f.id DESC LIMIT (SELECT most FROM n)"
);
const CUT_FOLLOWERS: &str = concat!(
    there!(),
    "SELECT f.target_id, f.account_id FROM theirs f ORDER BY f.id DESC LIMIT (SELECT most FROM n)"
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
