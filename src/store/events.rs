//! The event log, as use cases see it: one insert, the last of their transaction.

use chrono::{DateTime, Utc};
use diesel::ExpressionMethods;
use diesel::sql_types::{Array, BigInt, Nullable, SmallInt, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::event::{Event, EventKind, Lane};
use crate::domain::{Id, Result};
use crate::model::schema::events;

/// Writes one event. Call it last: ids are handed out in the order of the inserts, not of
/// the commits, and the relay minds only what it can see.
pub async fn insert(conn: &mut Conn, event: &Event, at: DateTime<Utc>) -> Result<()> {
    diesel::insert_into(events::table)
        .values((
            events::lane.eq(event.lane as i16),
            events::kind.eq(event.kind as i16),
            events::subject_id.eq(event.subject),
            events::actor_id.eq(event.actor),
            events::extra.eq(event.extra),
            events::created_at.eq(at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes the same event about many subjects, in their order; one statement. Call it last.
pub async fn insert_many(
    conn: &mut Conn,
    kind: EventKind,
    subjects: &[Id],
    actor: Id,
    extra: Option<Id>,
    at: DateTime<Utc>,
) -> Result<()> {
    raw::<()>(
        "WITH p AS (SELECT ?::bigint[] AS subjects, ?::smallint AS lane, ?::smallint AS kind, \
            ?::bigint AS actor, ?::bigint AS extra, ?::timestamptz AS at) \
         INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) \
         SELECT p.lane, p.kind, s.id, p.actor, p.extra, p.at \
         FROM p CROSS JOIN LATERAL unnest(p.subjects) WITH ORDINALITY AS s (id, place) ORDER BY s.place",
    )
    .bind::<Array<BigInt>, _>(subjects.to_vec())
    .bind::<SmallInt, _>(Lane::People as i16)
    .bind::<SmallInt, _>(kind as i16)
    .bind::<BigInt, _>(actor)
    .bind::<Nullable<BigInt>, _>(extra)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(())
}
