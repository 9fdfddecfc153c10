//! Webhooks: addresses that hear of what happens at the door.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::{Queryable, Selectable};

use super::schema::webhooks;

/// A row of `webhooks`.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = webhooks, check_for_backend(Pg))]
pub struct Webhook {
    pub id: i64,
    pub address: String,
    /// Sealed; opens only for this row.
    pub secret: String,
    /// Bits of `moderation::webhooks::HookEvent`.
    pub events: i32,
    pub template: String,
    pub enabled: bool,
    pub created_by: Option<i64>,
    pub created_at: DateTime<Utc>,
    pub last_at: Option<DateTime<Utc>>,
    pub last_status: Option<i16>,
    /// Empty when the last delivery was taken.
    pub last_error: String,
    /// In a row.
    pub fails: i32,
}
