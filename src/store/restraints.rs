//! `account_restraints`: what holds for one account, cause by cause (D15). `accounts.flags` is
//! their union with what holds for its server, and is written here with them.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};

/// `account_restraints.kind` of what is limited.
pub const LIMITED: i16 = 0;
/// `account_restraints.kind` of what is suspended.
pub const SUSPENDED: i16 = 1;
/// `account_restraints.kind` of whose pictures are hidden at first.
pub const SENSITIVE: i16 = 5;
/// `account_restraints.kind` of an account elsewhere whose activities wait, unread.
pub const HELD: i16 = 6;
/// `account_restraints.source`: a person of the staff.
pub const BY_STAFF: i16 = 0;

macro_rules! with_flags {
    ($($deed:expr),+) => {
        concat!($($deed),+,
            " UPDATE accounts a SET version = a.version + 1, flags = \
             CASE (SELECT holds FROM p) WHEN true THEN a.flags | (1 << p.kind) ELSE a.flags & ~(1 << p.kind) \
                  | flags_from_host(coalesce((SELECT h.flags FROM hosts h WHERE h.id = a.host_id), 0)) END \
             FROM p WHERE a.id = p.account AND EXISTS (SELECT 1 FROM did)")
    };
}

const LAY: &str = with_flags!(
    "WITH p AS (SELECT ?::bigint AS account, ?::smallint::integer AS kind, ?::smallint AS source, ?::text AS reason, \
        ?::timestamptz AS at, true AS holds), \
     did AS (INSERT INTO account_restraints (account_id, kind, source, reason, since) \
        SELECT p.account, p.kind::smallint, p.source, p.reason, p.at FROM p \
        WHERE NOT EXISTS (SELECT 1 FROM account_restraints r WHERE r.account_id = p.account AND r.kind = p.kind AND r.lifted_at IS NULL) \
        RETURNING id)"
);

/// Lays a restraint on an account; `false` where one of that kind lies on it already.
pub async fn lay(
    conn: &mut Conn,
    account: Id,
    kind: i16,
    reason: &str,
    at: DateTime<Utc>,
) -> Result<bool> {
    let changed = raw::<()>(LAY)
        .bind::<BigInt, _>(account)
        .bind::<SmallInt, _>(kind)
        .bind::<SmallInt, _>(BY_STAFF)
        .bind::<Text, _>(reason.to_owned())
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(changed == 1)
}

const LIFT: &str = with_flags!(
    "WITH p AS (SELECT ?::bigint AS account, ?::smallint::integer AS kind, ?::bigint AS lifter, ?::timestamptz AS at, false AS holds), \
     did AS (UPDATE account_restraints r SET lifted_at = p.at, lifted_by = p.lifter FROM p \
        WHERE r.account_id = p.account AND r.kind = p.kind AND r.lifted_at IS NULL RETURNING r.id)"
);

/// Lifts every restraint of that kind; `false` where there was none.
pub async fn lift(
    conn: &mut Conn,
    account: Id,
    kind: i16,
    by: Id,
    at: DateTime<Utc>,
) -> Result<bool> {
    let changed = raw::<()>(LIFT)
        .bind::<BigInt, _>(account)
        .bind::<SmallInt, _>(kind)
        .bind::<BigInt, _>(by)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(changed == 1)
}

/// Whether any other server has seen anything of this account (`reach`, D17).
pub async fn was_reached(conn: &mut Conn, account: Id) -> Result<bool> {
    let (reached,): (bool,) =
        raw::<(Bool,)>("SELECT EXISTS (SELECT 1 FROM reach WHERE account_id = ?)")
            .bind::<BigInt, _>(account)
            .get_result(conn)
            .await?;
    Ok(reached)
}

/// `account_restraints.kind` of whose invites rest.
pub const FROZEN_INVITES: i16 = 3;

/// Lays a restraint on several accounts in one statement; gives those on which none of that kind
/// lay before.
pub async fn lay_many(
    conn: &mut Conn,
    accounts: &[Id],
    kind: i16,
    reason: &str,
    at: DateTime<Utc>,
) -> Result<Vec<Id>> {
    let rows: Vec<(Id,)> = raw::<(BigInt,)>(
        "WITH p AS (SELECT ?::bigint[] AS accounts, ?::smallint AS kind, ?::smallint AS source, ?::text AS reason, \
            ?::timestamptz AS at), \
         did AS (INSERT INTO account_restraints (account_id, kind, source, reason, since) \
            SELECT a.id, p.kind, p.source, p.reason, p.at FROM p JOIN accounts a ON a.id = ANY (p.accounts) \
            WHERE NOT EXISTS (SELECT 1 FROM account_restraints r WHERE r.account_id = a.id AND r.kind = p.kind \
                              AND r.lifted_at IS NULL) RETURNING account_id) \
         UPDATE accounts a SET version = a.version + 1, flags = a.flags | (1 << p.kind::integer) \
         FROM p CROSS JOIN did WHERE a.id = did.account_id RETURNING a.id",
    )
    .bind::<Array<BigInt>, _>(accounts.to_vec())
    .bind::<SmallInt, _>(kind)
    .bind::<SmallInt, _>(BY_STAFF)
    .bind::<Text, _>(reason.to_owned())
    .bind::<Timestamptz, _>(at)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Lifts every restraint of that kind from several accounts of this place.
pub async fn lift_many(
    conn: &mut Conn,
    accounts: &[Id],
    kind: i16,
    by: Id,
    at: DateTime<Utc>,
) -> Result<()> {
    raw::<()>(
        "WITH p AS (SELECT ?::bigint[] AS accounts, ?::smallint AS kind, ?::bigint AS lifter, ?::timestamptz AS at), \
         did AS (UPDATE account_restraints r SET lifted_at = p.at, lifted_by = p.lifter FROM p \
            WHERE r.account_id = ANY (p.accounts) AND r.kind = p.kind AND r.lifted_at IS NULL RETURNING r.account_id) \
         UPDATE accounts a SET version = a.version + 1, flags = a.flags & ~(1 << p.kind::integer) \
         FROM p WHERE a.host_id IS NULL AND a.id IN (SELECT account_id FROM did)",
    )
    .bind::<Array<BigInt>, _>(accounts.to_vec())
    .bind::<SmallInt, _>(kind)
    .bind::<BigInt, _>(by)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether somebody's invites rest.
pub async fn invites_rest(conn: &mut Conn, account: Id) -> Result<bool> {
    let (rest,): (bool,) =
        raw::<(Bool,)>("SELECT EXISTS (SELECT 1 FROM accounts WHERE id = ? AND flags & 8 <> 0)")
            .bind::<BigInt, _>(account)
            .get_result(conn)
            .await?;
    Ok(rest)
}
