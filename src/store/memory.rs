//! `decision_memory`: keyed hashes of those refused, for 90 days (D26).

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Binary, SmallInt, Timestamptz};
use diesel::{ExpressionMethods, QueryDsl};
use diesel_async::RunQueryDsl;

use super::{Conn, raw};
use crate::domain::Result;
use crate::model::schema::decision_memory;

/// `decision_memory.kind` of an address.
pub const ADDRESS: i16 = 0;
/// `decision_memory.kind` of a network.
pub const NETWORK: i16 = 1;

/// `decision_memory.kind` of a band of the answers.
pub const BAND: i16 = 2;

/// One hash to be remembered.
#[derive(Debug, Clone, PartialEq)]
pub struct NewMemory {
    /// Which key made it.
    pub key_id: i16,
    /// [`ADDRESS`], [`NETWORK`] or [`BAND`].
    pub kind: i16,
    /// The hash.
    pub keyed: Vec<u8>,
}

/// Remembers a decision (the number of an application's state) about these hashes, some
/// thousands at the most, in one statement.
pub async fn insert(
    conn: &mut Conn,
    hashes: &[NewMemory],
    decision: i16,
    at: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<()> {
    if hashes.is_empty() {
        return Ok(());
    }
    raw::<()>(
        "WITH p AS (SELECT ?::smallint[] AS keys, ?::smallint[] AS kinds, ?::bytea[] AS hashes, \
            ?::smallint AS decision, ?::timestamptz AS at, ?::timestamptz AS until) \
         INSERT INTO decision_memory (key_id, kind, keyed, decision, decided_at, until) \
         SELECT h.key_id, h.kind, h.keyed, p.decision, p.at, p.until \
         FROM p CROSS JOIN LATERAL unnest(p.keys, p.kinds, p.hashes) AS h (key_id, kind, keyed)",
    )
    .bind::<Array<SmallInt>, _>(hashes.iter().map(|h| h.key_id).collect::<Vec<_>>())
    .bind::<Array<SmallInt>, _>(hashes.iter().map(|h| h.kind).collect::<Vec<_>>())
    .bind::<Array<Binary>, _>(hashes.iter().map(|h| h.keyed.clone()).collect::<Vec<_>>())
    .bind::<SmallInt, _>(decision)
    .bind::<Timestamptz, _>(at)
    .bind::<Timestamptz, _>(until)
    .execute(conn)
    .await?;
    Ok(())
}

/// How many decisions are remembered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Remembered {
    /// About the address.
    pub address: i64,
    /// About the network.
    pub network: i64,
    /// About answers of which enough bands are the same.
    pub answers: i64,
}

// Bands of one decision were written at one moment.
const LOOK: &str = "\
    WITH p AS (SELECT ?::smallint[] AS kinds, ?::bytea[] AS hashes, ?::bigint AS bands, \
                      ?::timestamptz AS at), \
    found AS (SELECT m.kind, m.decided_at, count(*) AS same FROM p, \
              unnest(p.kinds, p.hashes) AS h(kind, keyed) \
              JOIN decision_memory m ON m.keyed = h.keyed AND m.kind = h.kind \
              WHERE m.until > (SELECT at FROM p) GROUP BY m.kind, m.decided_at) \
    SELECT coalesce(sum(same) FILTER (WHERE kind = 0), 0)::bigint, \
           coalesce(sum(same) FILTER (WHERE kind = 1), 0)::bigint, \
           count(*) FILTER (WHERE kind = 2 AND same >= (SELECT bands FROM p)) FROM found";

/// What is remembered about these hashes, each with its kind; answers count where `bands` of
/// them are the same.
pub async fn look(
    conn: &mut Conn,
    hashes: &[(i16, Vec<u8>)],
    bands: i64,
    at: DateTime<Utc>,
) -> Result<Remembered> {
    let (kinds, hashes): (Vec<i16>, Vec<Vec<u8>>) = hashes.iter().cloned().unzip();
    let (address, network, answers) = raw::<(BigInt, BigInt, BigInt)>(LOOK)
        .bind::<Array<SmallInt>, _>(kinds)
        .bind::<Array<Binary>, _>(hashes)
        .bind::<BigInt, _>(bands)
        .bind::<Timestamptz, _>(at)
        .get_result(conn)
        .await?;
    Ok(Remembered {
        address,
        network,
        answers,
    })
}

/// Those of these hashes of a kind that are remembered.
pub async fn known(
    conn: &mut Conn,
    kind: i16,
    hashes: Vec<Vec<u8>>,
    at: DateTime<Utc>,
) -> Result<Vec<Vec<u8>>> {
    if hashes.is_empty() {
        return Ok(Vec::new());
    }
    Ok(decision_memory::table
        .filter(decision_memory::kind.eq(kind))
        .filter(decision_memory::keyed.eq_any(hashes))
        .filter(decision_memory::until.gt(at))
        .select(decision_memory::keyed)
        .load(conn)
        .await?)
}

/// Forgets decisions of these moments about these hashes: they were taken back.
pub async fn take_back(
    conn: &mut Conn,
    hashes: &[Vec<u8>],
    decided: &[DateTime<Utc>],
) -> Result<()> {
    diesel::delete(decision_memory::table)
        .filter(decision_memory::keyed.eq_any(hashes.to_vec()))
        .filter(decision_memory::decided_at.eq_any(decided.to_vec()))
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets what is over; gives how many.
pub async fn forget(conn: &mut Conn, at: DateTime<Utc>) -> Result<usize> {
    Ok(diesel::delete(decision_memory::table)
        .filter(decision_memory::until.le(at))
        .execute(conn)
        .await?)
}
