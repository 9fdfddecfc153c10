//! `event_codes`: what frees an event from the limits of its network.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Inet, Nullable, Timestamptz};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;
use ipnet::IpNet;

use super::door_blocks::next_id;
use super::{Conn, raw};
use crate::domain::{Id, Result};
use crate::model::event_code::EventCode;
use crate::model::schema::event_codes;

/// A code to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEventCode {
    /// What people type.
    pub code: String,
    /// What the event is called.
    pub title: String,
    /// How many may apply with it.
    pub uses: i32,
    /// Where it is good; `None` leaves that to its first use.
    pub network: Option<IpNet>,
    /// From when on.
    pub starts_at: DateTime<Utc>,
    /// Until when.
    pub ends_at: DateTime<Utc>,
}

/// Writes a code; `None` where there is one like it.
pub async fn insert(
    conn: &mut Conn,
    new: &NewEventCode,
    now: DateTime<Utc>,
) -> Result<Option<EventCode>> {
    Ok(diesel::insert_into(event_codes::table)
        .values((
            event_codes::id.eq(next_id(now)),
            event_codes::code.eq(&new.code),
            event_codes::title.eq(&new.title),
            event_codes::uses.eq(new.uses),
            event_codes::network.eq(new.network),
            event_codes::starts_at.eq(new.starts_at),
            event_codes::ends_at.eq(new.ends_at),
            event_codes::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .returning(EventCode::as_returning())
        .get_result(conn)
        .await
        .optional()?)
}

/// The codes, newest first, so many at the most.
pub async fn list(conn: &mut Conn, most: i64) -> Result<Vec<EventCode>> {
    Ok(event_codes::table
        .order(event_codes::id.desc())
        .limit(most)
        .select(EventCode::as_select())
        .load(conn)
        .await?)
}

/// The code that is written so.
pub async fn find_by_code(conn: &mut Conn, code: &str) -> Result<Option<EventCode>> {
    Ok(event_codes::table
        .filter(event_codes::code.eq(code))
        .select(EventCode::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// What an event is called.
pub async fn title(conn: &mut Conn, id: Id) -> Result<Option<String>> {
    Ok(event_codes::table
        .find(id)
        .select(event_codes::title)
        .first(conn)
        .await
        .optional()?)
}

/// Uses a code once, and settles its network at the first use: `false` when it was used up, is
/// not good now, or not there. Of two who race for the last use one gets it.
pub async fn spend(
    conn: &mut Conn,
    id: Id,
    from: Option<IpNet>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let spent = raw::<()>(
        "WITH p AS (SELECT ?::bigint AS id, ?::inet AS near, ?::timestamptz AS now) \
         UPDATE event_codes e SET used = used + 1, network = coalesce(e.network, p.near) FROM p \
         WHERE e.id = p.id AND e.used < e.uses AND e.starts_at <= p.now AND e.ends_at > p.now \
           AND p.near IS NOT NULL AND (e.network IS NULL OR p.near <<= e.network)",
    )
    .bind::<BigInt, _>(id)
    .bind::<Nullable<Inet>, _>(from)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(spent == 1)
}

/// Ends a code now; `false` where it was over or never was.
pub async fn end(conn: &mut Conn, id: Id, now: DateTime<Utc>) -> Result<bool> {
    let ended = diesel::update(event_codes::table.find(id))
        .filter(event_codes::ends_at.gt(now))
        .set((event_codes::ends_at.eq(now),))
        .execute(conn)
        .await?;
    Ok(ended == 1)
}
