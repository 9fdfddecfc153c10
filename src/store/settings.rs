//! What the admin chose, what is fixed once, and the instance's secrets.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel_async::RunQueryDsl;
use serde_json::Value;

use super::Conn;
use crate::domain::Result;
use crate::model::schema::{instance_secrets, instance_settings};

/// The value under `key`, if it was ever set.
pub async fn find(conn: &mut Conn, key: &str) -> Result<Option<Value>> {
    Ok(instance_settings::table
        .find(key)
        .select(instance_settings::value)
        .first(conn)
        .await
        .optional()?)
}

/// All settings, some dozens at the most.
pub async fn all(conn: &mut Conn) -> Result<Vec<(String, Value)>> {
    Ok(instance_settings::table
        .select((instance_settings::key, instance_settings::value))
        .limit(1000)
        .load(conn)
        .await?)
}

/// Sets `key`, whether or not it was set before.
pub async fn set(conn: &mut Conn, key: &str, value: &Value, at: DateTime<Utc>) -> Result<()> {
    diesel::insert_into(instance_settings::table)
        .values((
            instance_settings::key.eq(key),
            instance_settings::value.eq(value),
            instance_settings::updated_at.eq(at),
        ))
        .on_conflict(instance_settings::key)
        .do_update()
        .set((
            instance_settings::value.eq(value),
            instance_settings::updated_at.eq(at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes `key` away, whether or not it was set.
pub async fn remove(conn: &mut Conn, key: &str) -> Result<()> {
    diesel::delete(instance_settings::table.find(key))
        .execute(conn)
        .await?;
    Ok(())
}

/// Sets `key` unless it was set; gives what holds then. Safe against a race.
pub async fn set_once(
    conn: &mut Conn,
    key: &str,
    value: &Value,
    at: DateTime<Utc>,
) -> Result<Value> {
    diesel::insert_into(instance_settings::table)
        .values((
            instance_settings::key.eq(key),
            instance_settings::value.eq(value),
            instance_settings::updated_at.eq(at),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(instance_settings::table
        .find(key)
        .select(instance_settings::value)
        .first(conn)
        .await?)
}

/// The secret of that name, if there is one.
pub async fn find_secret(conn: &mut Conn, name: &str) -> Result<Option<Vec<u8>>> {
    Ok(instance_secrets::table
        .find(name)
        .select(instance_secrets::value)
        .first(conn)
        .await
        .optional()?)
}

/// The secret of that name; `fresh` becomes it when there was none. The unique key is the
/// lock: of two processes that start at once, both end with the same value.
pub async fn secret(
    conn: &mut Conn,
    name: &str,
    fresh: &[u8],
    at: DateTime<Utc>,
) -> Result<Vec<u8>> {
    diesel::insert_into(instance_secrets::table)
        .values((
            instance_secrets::name.eq(name),
            instance_secrets::value.eq(fresh),
            instance_secrets::created_at.eq(at),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(instance_secrets::table
        .find(name)
        .select(instance_secrets::value)
        .first(conn)
        .await?)
}
