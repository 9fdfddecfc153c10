//! The event log, as use cases see it: one insert, the last of their transaction.

use chrono::{DateTime, Utc};
use diesel::ExpressionMethods;
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::domain::Result;
use crate::domain::event::Event;
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
