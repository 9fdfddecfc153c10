//! Whom a block would touch among those who wait, and putting them aside.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Inet, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use ipnet::IpNet;

use super::{Conn, raw};
use crate::domain::{Id, Result};

/// Applications that one look finds at the most.
pub const MOST: i64 = 20_000;

/// Somebody who waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// `applications.id`.
    pub application: Id,
    /// The name wanted.
    pub username: String,
}

fn waiting(rows: Vec<(Id, String)>) -> Vec<Waiting> {
    let waiting = |(application, username)| Waiting {
        application,
        username,
    };
    rows.into_iter().map(waiting).collect()
}

/// Those who came from a network, oldest first.
pub async fn from_network(conn: &mut Conn, network: IpNet) -> Result<Vec<Waiting>> {
    let rows = raw::<(BigInt, Text)>(
        "WITH p AS (SELECT ?::inet AS network, ?::bigint AS most) \
         SELECT a.id, u.username FROM applications a JOIN users u ON u.id = a.user_id, p \
         WHERE a.network <<= p.network AND a.state IN (0, 1, 2) \
         ORDER BY a.id LIMIT (SELECT most FROM p)",
    )
    .bind::<Inet, _>(network)
    .bind::<BigInt, _>(MOST)
    .load(conn)
    .await?;
    Ok(waiting(rows))
}

/// Those with an address of a domain or below it; `hosts`: or whose mail goes to a server there.
pub async fn with_mail(conn: &mut Conn, domain: &str, hosts: bool) -> Result<Vec<Waiting>> {
    let rows = raw::<(BigInt, Text)>(
        "WITH p AS (SELECT ?::text AS domain, ?::bool AS hosts, ?::bigint AS most) \
         SELECT a.id, u.username FROM applications a JOIN users u ON u.id = a.user_id \
                LEFT JOIN application_traits t ON t.application_id = a.id, p \
         WHERE a.state IN (0, 1, 2) \
           AND (a.mail_domain = p.domain OR right(a.mail_domain, length(p.domain) + 1) = '.' || p.domain \
                OR (p.hosts AND (t.mail_host = p.domain \
                    OR right(t.mail_host, length(p.domain) + 1) = '.' || p.domain))) \
         ORDER BY a.id LIMIT (SELECT most FROM p)",
    )
    .bind::<Text, _>(domain.to_owned())
    .bind::<Bool, _>(hosts)
    .bind::<BigInt, _>(MOST)
    .load(conn)
    .await?;
    Ok(waiting(rows))
}

/// All of them.
pub async fn all(conn: &mut Conn) -> Result<Vec<Waiting>> {
    let rows = raw::<(BigInt, Text)>(
        "SELECT a.id, u.username FROM applications a JOIN users u ON u.id = a.user_id \
         WHERE a.state IN (0, 1, 2) ORDER BY a.id LIMIT ?",
    )
    .bind::<BigInt, _>(MOST)
    .load(conn)
    .await?;
    Ok(waiting(rows))
}

/// Puts those of these who still wait among the likely automated; gives them, each with the lane
/// where it was.
pub async fn set_aside(conn: &mut Conn, ids: &[Id]) -> Result<Vec<(Id, i16)>> {
    Ok(raw::<(BigInt, SmallInt)>(
        "WITH p AS (SELECT ?::bigint[] AS ids), \
         held AS (SELECT a.id, a.lane FROM applications a, p WHERE a.id = ANY (p.ids) \
                    AND a.state IN (0, 1, 2) AND a.lane <> 3 ORDER BY a.id FOR UPDATE OF a) \
         UPDATE applications SET lane = 3 FROM held WHERE applications.id = held.id \
         RETURNING applications.id, held.lane",
    )
    .bind::<Array<BigInt>, _>(ids.to_vec())
    .load(conn)
    .await?)
}

/// Puts those of these who still wait among the likely automated back to these lanes; gives whom.
pub async fn bring_back(conn: &mut Conn, lanes: &[(Id, i16)]) -> Result<Vec<Id>> {
    let (ids, lanes): (Vec<Id>, Vec<i16>) = lanes.iter().copied().unzip();
    let rows: Vec<(Id,)> = raw::<(BigInt,)>(
        "WITH p AS (SELECT ?::bigint[] AS ids, ?::smallint[] AS lanes), \
         held AS (SELECT a.id, k.lane FROM p CROSS JOIN LATERAL unnest(p.ids, p.lanes) AS k (id, lane) \
                    JOIN applications a ON a.id = k.id WHERE a.state IN (0, 1, 2) AND a.lane = 3 \
                    ORDER BY a.id FOR UPDATE OF a) \
         UPDATE applications SET lane = held.lane FROM held WHERE applications.id = held.id \
         RETURNING applications.id",
    )
    .bind::<Array<BigInt>, _>(ids)
    .bind::<Array<SmallInt>, _>(lanes)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Applications of one day with addresses of one domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// The domain; what is below it is not counted.
    pub domain: String,
    /// When the day begins.
    pub begins: DateTime<Utc>,
    /// How many were received.
    pub applications: i64,
    /// From how many networks.
    pub networks: i64,
}

/// The days that begin at these moments, for each of these domains, in their order.
pub async fn days(
    conn: &mut Conn,
    domains: Vec<String>,
    begin: Vec<DateTime<Utc>>,
) -> Result<Vec<Day>> {
    let rows: Vec<(String, DateTime<Utc>, i64, i64)> = raw::<(Text, Timestamptz, BigInt, BigInt)>(
        "WITH p AS (SELECT ?::text[] AS domains, ?::timestamptz[] AS days) \
         SELECT d.domain, b.day, count(a.id), count(DISTINCT a.network) \
         FROM p, unnest(p.domains) WITH ORDINALITY AS d(domain, n), \
              unnest(p.days) WITH ORDINALITY AS b(day, m) \
              LEFT JOIN LATERAL (SELECT id, network FROM applications \
                WHERE mail_domain = d.domain AND submitted_at >= b.day \
                  AND submitted_at < b.day + interval '1 day') a ON true \
         GROUP BY d.domain, d.n, b.day, b.m ORDER BY d.n, b.m",
    )
    .bind::<Array<Text>, _>(domains)
    .bind::<Array<Timestamptz>, _>(begin)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(domain, begins, applications, networks)| Day {
            domain,
            begins,
            applications,
            networks,
        })
        .collect())
}
