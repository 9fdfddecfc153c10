//! `decision_memory`: keyed hashes of those refused, for 90 days (D26).

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, QueryDsl};
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::domain::Result;
use crate::model::schema::decision_memory;

/// `decision_memory.kind` of an address.
pub const ADDRESS: i16 = 0;
/// `decision_memory.kind` of a network.
pub const NETWORK: i16 = 1;

/// One hash to be remembered.
#[derive(Debug, Clone, PartialEq)]
pub struct Remembered {
    /// Which key made it.
    pub key_id: i16,
    /// [`ADDRESS`] or [`NETWORK`].
    pub kind: i16,
    /// The hash.
    pub keyed: Vec<u8>,
}

/// Remembers a decision (the number of an application's state) about these hashes.
pub async fn insert(
    conn: &mut Conn,
    hashes: &[Remembered],
    decision: i16,
    at: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<()> {
    for hash in hashes {
        diesel::insert_into(decision_memory::table)
            .values((
                decision_memory::key_id.eq(hash.key_id),
                decision_memory::kind.eq(hash.kind),
                decision_memory::keyed.eq(&hash.keyed),
                decision_memory::decision.eq(decision),
                decision_memory::decided_at.eq(at),
                decision_memory::until.eq(until),
            ))
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// How many decisions are remembered about one of these hashes.
pub async fn count(conn: &mut Conn, hashes: &[Vec<u8>], at: DateTime<Utc>) -> Result<i64> {
    Ok(decision_memory::table
        .filter(decision_memory::keyed.eq_any(hashes.to_vec()))
        .filter(decision_memory::until.gt(at))
        .count()
        .get_result(conn)
        .await?)
}

/// Forgets what is over; gives how many.
pub async fn forget(conn: &mut Conn, at: DateTime<Utc>) -> Result<usize> {
    Ok(diesel::delete(decision_memory::table)
        .filter(decision_memory::until.le(at))
        .execute(conn)
        .await?)
}
