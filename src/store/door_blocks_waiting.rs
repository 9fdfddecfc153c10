//! Whom a block would touch among those who wait, and refusing them in one act.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Inet, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use ipnet::IpNet;

use super::{Conn, raw};
use crate::domain::application::ApplicationState;
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

/// Refuses those of these who still wait, telling nobody; gives application and user of each.
pub async fn refuse(
    conn: &mut Conn,
    ids: &[Id],
    by: Id,
    at: DateTime<Utc>,
    erase_at: DateTime<Utc>,
) -> Result<Vec<(Id, Id)>> {
    Ok(raw::<(BigInt, BigInt)>(
        "WITH p AS (SELECT ?::bigint[] AS ids, ?::bigint AS who, ?::timestamptz AS at, \
                           ?::timestamptz AS erase_at, ?::smallint AS state), \
         held AS (SELECT a.id FROM applications a, p WHERE a.id = ANY (p.ids) \
                    AND a.state IN (0, 1, 2) ORDER BY a.id FOR UPDATE OF a) \
         UPDATE applications SET state = p.state, version = version + 1, decided_at = p.at, \
                decided_by = p.who, told = false, erase_at = p.erase_at \
         FROM p, held WHERE applications.id = held.id \
         RETURNING applications.id, applications.user_id",
    )
    .bind::<Array<BigInt>, _>(ids.to_vec())
    .bind::<BigInt, _>(by)
    .bind::<Timestamptz, _>(at)
    .bind::<Timestamptz, _>(erase_at)
    .bind::<SmallInt, _>(ApplicationState::Rejected as i16)
    .load(conn)
    .await?)
}

/// Puts those of these who still wait among the likely automated; gives how many.
pub async fn set_aside(conn: &mut Conn, ids: &[Id]) -> Result<usize> {
    Ok(raw::<()>(
        "WITH p AS (SELECT ?::bigint[] AS ids), \
         held AS (SELECT a.id FROM applications a, p WHERE a.id = ANY (p.ids) \
                    AND a.state IN (0, 1, 2) AND a.lane <> 3 ORDER BY a.id FOR UPDATE OF a) \
         UPDATE applications SET lane = 3 FROM held WHERE applications.id = held.id",
    )
    .bind::<Array<BigInt>, _>(ids.to_vec())
    .execute(conn)
    .await?)
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
