//! Codes for events.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::{Queryable, Selectable};

use super::schema::event_codes;

/// A row of `event_codes`.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = event_codes, check_for_backend(Pg))]
pub struct EventCode {
    pub id: i64,
    pub code: String,
    pub title: String,
    pub uses: i32,
    pub used: i32,
    pub network: Option<ipnet::IpNet>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
}
