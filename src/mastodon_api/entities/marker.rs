//! How far a timeline was read.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::wire;
use crate::domain::Id;

/// The position in one timeline.
#[derive(Debug, Clone, Serialize)]
pub struct Marker {
    /// The last one read.
    #[serde(serialize_with = "wire::id")]
    pub last_read_id: Id,
    /// Grows with each change.
    pub version: i32,
    /// The last change.
    #[serde(serialize_with = "wire::time")]
    pub updated_at: DateTime<Utc>,
}

/// The positions that are known and were asked for; others are left out.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Markers {
    /// In the home timeline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home: Option<Marker>,
    /// In the notifications.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notifications: Option<Marker>,
}
