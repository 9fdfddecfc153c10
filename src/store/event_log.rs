//! The event log, as the relay takes from it.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Bool, Nullable, SmallInt, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::event::{EventKind, Lane};
use crate::domain::{Id, Result};

/// An event that was taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// Its place in the log.
    pub id: i64,
    /// Which lane carried it.
    pub lane: Lane,
    /// What happened.
    pub kind: EventKind,
    /// See [`EventKind`].
    pub subject: Id,
    /// See [`EventKind`].
    pub actor: Id,
    /// See [`EventKind`].
    pub extra: Option<Id>,
    /// When it happened.
    pub at: DateTime<Utc>,
}

/// What [`take`] gives each lane at the least, where it has so many: fewer in all mean that
/// nothing is left.
pub const SMALLEST_SLICE: usize = 25;

// The people's lane is never behind the others, which get their slices all the same.
const TAKE: &str = "\
    WITH p AS (SELECT ?::bigint AS above) \
    DELETE FROM events e USING (\
    (SELECT id FROM p, events WHERE lane = 0 AND id > p.above ORDER BY id LIMIT 400) UNION ALL \
    (SELECT id FROM p, events WHERE lane = 1 AND id > p.above ORDER BY id LIMIT 75) UNION ALL \
    (SELECT id FROM p, events WHERE lane = 2 AND id > p.above ORDER BY id LIMIT 25)) due \
    WHERE e.id = due.id \
    RETURNING e.id, e.lane, e.kind, e.subject_id, e.actor_id, e.extra, e.created_at";

type Columns = (
    BigInt,
    SmallInt,
    SmallInt,
    BigInt,
    BigInt,
    Nullable<BigInt>,
    Timestamptz,
);
type Row = (i64, Lane, EventKind, Id, Id, Option<Id>, DateTime<Utc>);

/// Whether there is anything to [`take`].
pub async fn has_some(conn: &mut Conn, above: i64) -> Result<bool> {
    let (found,): (bool,) = raw::<(Bool,)>("SELECT EXISTS (SELECT 1 FROM events WHERE id > ?)")
        .bind::<BigInt, _>(above)
        .get_result(conn)
        .await?;
    Ok(found)
}

/// Deletes and gives up to 500 events with ids beyond `above`, in the order of their ids.
/// They come back if the transaction does not commit.
pub async fn take(conn: &mut Conn, above: i64) -> Result<Vec<Taken>> {
    let rows: Vec<Row> = raw::<Columns>(TAKE)
        .bind::<BigInt, _>(above)
        .load(conn)
        .await?;
    let mut taken: Vec<Taken> = rows
        .into_iter()
        .map(|(id, lane, kind, subject, actor, extra, at)| Taken {
            id,
            lane,
            kind,
            subject,
            actor,
            extra,
            at,
        })
        .collect();
    taken.sort_by_key(|event| event.id);
    Ok(taken)
}
