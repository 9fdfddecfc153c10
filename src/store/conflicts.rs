//! What staff and applicants have in common.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::sql_types::{Array, BigInt, Inet, Timestamptz};
use diesel_async::RunQueryDsl;
use ipnet::IpNet;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};

/// How long it is remembered where staff signed in.
pub const REMEMBERED: TimeDelta = TimeDelta::days(30);

/// Notes where somebody of the staff signed in: a /24 or a /64.
pub async fn note_network(
    conn: &mut Conn,
    user: Id,
    network: IpNet,
    now: DateTime<Utc>,
) -> Result<()> {
    raw::<()>(
        "WITH p AS (SELECT ?::bigint AS login, ?::inet AS network, ?::timestamptz AS now) \
         INSERT INTO staff_networks (user_id, network, seen_at) \
         SELECT login, network(set_masklen(network, CASE family(network) WHEN 4 THEN 24 ELSE 64 END)), now FROM p \
         ON CONFLICT (user_id, network) DO UPDATE SET seen_at = excluded.seen_at",
    )
    .bind::<BigInt, _>(user)
    .bind::<Inet, _>(network)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Which of these applications came from a network where this user is signed in, or signed in as
/// one of the staff within [`REMEMBERED`]: the same /24 or /64. Addresses that are nobody's in
/// the world (loopback, private ones, behind a carrier) say nothing.
pub async fn of_one_network(
    conn: &mut Conn,
    user: Id,
    applications: &[Id],
    now: DateTime<Utc>,
) -> Result<Vec<Id>> {
    let found: Vec<(Id,)> = raw::<(BigInt,)>(
        "WITH p AS (SELECT ?::bigint AS login, ?::timestamptz AS since), mine AS ( \
            SELECT network FROM staff_networks, p WHERE user_id = p.login AND seen_at > p.since \
            UNION SELECT set_masklen(network, CASE family(network) WHEN 4 THEN 24 ELSE 64 END) \
              FROM sessions, p WHERE user_id = p.login AND network IS NOT NULL AND last_seen_at > p.since) \
         SELECT a.id FROM applications a WHERE a.id = ANY (?) AND a.network IS NOT NULL \
           AND NOT a.network <<= ANY ('{127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,169.254.0.0/16,100.64.0.0/10,::1/128,fc00::/7,fe80::/10}'::inet[]) \
           AND EXISTS (SELECT FROM mine m WHERE a.network <<= network(m.network)::inet)",
    )
    .bind::<BigInt, _>(user)
    .bind::<Timestamptz, _>(now - REMEMBERED)
    .bind::<Array<BigInt>, _>(applications.to_vec())
    .load(conn)
    .await?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// Forgets where staff signed in before `before`, 1,000 at the most; gives how many.
pub async fn forget_networks(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize> {
    Ok(raw::<()>(
        "DELETE FROM staff_networks WHERE (user_id, network) IN \
         (SELECT user_id, network FROM staff_networks WHERE seen_at <= ? LIMIT 1000)",
    )
    .bind::<Timestamptz, _>(before)
    .execute(conn)
    .await?)
}
