//! `webhooks`: addresses that hear of what happens at the door.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Integer};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};
use crate::model::schema::webhooks;
use crate::model::webhook::Webhook;

/// A webhook as it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// Where to.
    pub address: String,
    /// Bits of `moderation::webhooks::HookEvent`.
    pub events: i32,
    /// The body, with places to be filled.
    pub template: String,
    /// Whether anything is sent.
    pub enabled: bool,
}

/// All of them, `most` at the most.
pub async fn list(conn: &mut Conn, most: i64) -> Result<Vec<Webhook>> {
    Ok(webhooks::table
        .order(webhooks::id)
        .limit(most)
        .select(Webhook::as_select())
        .load(conn)
        .await?)
}

/// One of them.
pub async fn find(conn: &mut Conn, id: i64) -> Result<Option<Webhook>> {
    Ok(webhooks::table
        .find(id)
        .select(Webhook::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// Writes a new one; gives its id.
pub async fn insert(conn: &mut Conn, new: &Written, by: Id, at: DateTime<Utc>) -> Result<i64> {
    Ok(diesel::insert_into(webhooks::table)
        .values((
            webhooks::address.eq(&new.address),
            webhooks::events.eq(new.events),
            webhooks::template.eq(&new.template),
            webhooks::enabled.eq(new.enabled),
            webhooks::created_by.eq(by),
            webhooks::created_at.eq(at),
        ))
        .returning(webhooks::id)
        .get_result(conn)
        .await?)
}

/// Gives it its secret, sealed for its own row.
pub async fn set_secret(conn: &mut Conn, id: i64, sealed: &str) -> Result<()> {
    diesel::update(webhooks::table.find(id))
        .set(webhooks::secret.eq(sealed))
        .execute(conn)
        .await?;
    Ok(())
}

/// Changes one; `false` when there is none. One that is enabled is believed again.
pub async fn update(conn: &mut Conn, id: i64, to: &Written) -> Result<bool> {
    let changed = diesel::update(webhooks::table.find(id))
        .set((
            webhooks::address.eq(&to.address),
            webhooks::events.eq(to.events),
            webhooks::template.eq(&to.template),
            webhooks::enabled.eq(to.enabled),
            webhooks::fails.eq(0),
        ))
        .execute(conn)
        .await?;
    Ok(changed == 1)
}

/// Deletes one; `false` when there was none.
pub async fn delete(conn: &mut Conn, id: i64) -> Result<bool> {
    let gone = diesel::delete(webhooks::table.find(id))
        .execute(conn)
        .await?;
    Ok(gone == 1)
}

/// Those that hear of an event, by its bit; some dozens at the most.
pub async fn listening(conn: &mut Conn, bit: i32) -> Result<Vec<i64>> {
    let rows: Vec<(i64,)> = raw::<(BigInt,)>(
        "SELECT id FROM webhooks WHERE enabled AND events & ? <> 0 ORDER BY id LIMIT 100",
    )
    .bind::<Integer, _>(bit)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Notes how a delivery ended. After `most` failures in a row it is switched off.
pub async fn note(
    conn: &mut Conn,
    id: i64,
    status: Option<i16>,
    error: &str,
    most: i32,
    at: DateTime<Utc>,
) -> Result<()> {
    use diesel::sql_types::{Nullable, SmallInt, Text, Timestamptz};
    raw::<()>(
        "WITH p AS (SELECT ?::bigint AS id, ?::smallint AS status, ?::text AS error, ?::integer AS most, ?::timestamptz AS at) \
         UPDATE webhooks w SET last_at = p.at, last_status = p.status, last_error = p.error, \
            fails = CASE WHEN p.error = '' THEN 0 ELSE w.fails + 1 END, \
            enabled = w.enabled AND (p.error = '' OR w.fails + 1 < p.most) FROM p WHERE w.id = p.id",
    )
    .bind::<BigInt, _>(id)
    .bind::<Nullable<SmallInt>, _>(status)
    .bind::<Text, _>(error.chars().take(500).collect::<String>())
    .bind::<Integer, _>(most)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(())
}
