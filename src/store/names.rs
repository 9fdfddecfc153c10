//! Names: the only judge of who may be called what (D6).

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};

/// What a name is to the place; `names.state`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i16)]
pub enum NameState {
    /// Kept free, or freed later.
    Reserved = 0,
    /// An applicant's.
    Pending = 1,
    /// A member's.
    Account = 2,
    /// Of an account that federated and is gone: never again.
    Gone = 3,
}

/// Claims a name for a user, now or not at all: `false` when somebody has it. A row whose
/// `until` has passed is free again. Race-free by its unique key.
pub async fn claim(
    conn: &mut Conn,
    canonical: &str,
    holder: Id,
    state: NameState,
    now: DateTime<Utc>,
) -> Result<bool> {
    let got: Option<(String,)> = raw::<(Text,)>(
        "WITH p AS (SELECT ?::text AS name, ?::bigint AS holder, ?::smallint AS state, \
                           ?::timestamptz AS at) \
         INSERT INTO names AS n (canonical, holder, state, created_at) \
         SELECT name, holder, state, at FROM p \
         ON CONFLICT (canonical) DO UPDATE \
            SET holder = excluded.holder, state = excluded.state, until = NULL, \
                created_at = excluded.created_at \
            WHERE n.until <= excluded.created_at \
         RETURNING canonical",
    )
    .bind::<Text, _>(canonical.to_owned())
    .bind::<BigInt, _>(holder)
    .bind::<SmallInt, _>(state as i16)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await
    .optional()?;
    Ok(got.is_some())
}

/// Claims a name that rests, before its time: for whom it rests. `false` for any other name.
pub async fn claim_resting(
    conn: &mut Conn,
    canonical: &str,
    holder: Id,
    now: DateTime<Utc>,
) -> Result<bool> {
    let changed = raw::<()>(
        "UPDATE names SET holder = ?, state = 1, until = NULL, created_at = ? \
         WHERE canonical = ? AND state = 0 AND holder IS NULL AND until IS NOT NULL",
    )
    .bind::<BigInt, _>(holder)
    .bind::<Timestamptz, _>(now)
    .bind::<Text, _>(canonical.to_owned())
    .execute(conn)
    .await?;
    Ok(changed == 1)
}

/// Whether a name rests after its applicant was erased.
pub async fn rests(conn: &mut Conn, canonical: &str) -> Result<bool> {
    let found: Option<(String,)> = raw::<(Text,)>(
        "SELECT canonical FROM names \
         WHERE canonical = ? AND state = 0 AND holder IS NULL AND until IS NOT NULL",
    )
    .bind::<Text, _>(canonical.to_owned())
    .get_result(conn)
    .await
    .optional()?;
    Ok(found.is_some())
}

/// Whether a name could be claimed now.
pub async fn is_free(conn: &mut Conn, canonical: &str, now: DateTime<Utc>) -> Result<bool> {
    let taken: Option<(String,)> = raw::<(Text,)>(
        "SELECT canonical FROM names WHERE canonical = ? AND (until IS NULL OR until > ?)",
    )
    .bind::<Text, _>(canonical.to_owned())
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await
    .optional()?;
    Ok(taken.is_none())
}

/// Says what a claimed name is from now on, and until when it is kept (`None`: for ever).
pub async fn set_state(
    conn: &mut Conn,
    canonical: &str,
    state: NameState,
    until: Option<DateTime<Utc>>,
) -> Result<()> {
    raw::<()>("UPDATE names SET state = ?, until = ? WHERE canonical = ?")
        .bind::<SmallInt, _>(state as i16)
        .bind::<Nullable<Timestamptz>, _>(until)
        .bind::<Text, _>(canonical.to_owned())
        .execute(conn)
        .await?;
    Ok(())
}

/// Lets go of the names that these applicants held: kept until `until`, then free. Names of
/// accounts stay.
pub async fn free(conn: &mut Conn, holders: &[Id], until: DateTime<Utc>) -> Result<()> {
    use diesel::sql_types::Array;
    raw::<()>(
        "UPDATE names SET until = ?, holder = NULL, state = 0 WHERE state = 1 AND holder = ANY (?)",
    )
    .bind::<Timestamptz, _>(until)
    .bind::<Array<BigInt>, _>(holders.to_vec())
    .execute(conn)
    .await?;
    Ok(())
}

/// An applicant's name becomes an account's; `false` when this user does not hold it.
pub async fn settle(conn: &mut Conn, canonical: &str, holder: Id) -> Result<bool> {
    let changed = raw::<()>(
        "UPDATE names SET state = 2, until = NULL WHERE canonical = ? AND holder = ? AND state = 1",
    )
    .bind::<Text, _>(canonical.to_owned())
    .bind::<BigInt, _>(holder)
    .execute(conn)
    .await?;
    Ok(changed == 1)
}
