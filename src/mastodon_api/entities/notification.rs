//! Something that happened to the viewer.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Account, RelationshipSeveranceEvent, Status, wire};
use crate::domain::Id;

/// One notification.
#[derive(Debug, Clone, Serialize)]
pub struct Notification {
    /// Its id.
    #[serde(serialize_with = "wire::id")]
    pub id: Id,
    /// `mention`, `status`, `reblog`, `follow`, `follow_request`, `favourite`, `update`, …
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// When it happened.
    #[serde(serialize_with = "wire::time")]
    pub created_at: DateTime<Utc>,
    /// `ungrouped-ID` when it stands alone.
    pub group_key: String,
    /// Who did it.
    pub account: Arc<Account>,
    /// The status it is about; left out for the kinds without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// What ended follows; left out for all other kinds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<RelationshipSeveranceEvent>,
}

impl Notification {
    /// The key of a notification that is in no group.
    pub fn ungrouped_key(id: Id) -> String {
        format!("ungrouped-{id}")
    }
}
