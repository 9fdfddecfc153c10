//! Follows that ended without anybody ending them.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::wire;
use crate::domain::Id;

/// An act that ended follows of the viewer.
#[derive(Debug, Clone, Serialize)]
pub struct RelationshipSeveranceEvent {
    /// Its id.
    #[serde(serialize_with = "wire::id")]
    pub id: Id,
    /// `domain_block`, `user_domain_block`, `account_suspension`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Whether the list of them is gone; here it is kept.
    pub purged: bool,
    /// The server's name.
    pub target_name: String,
    /// Followers of the viewer that are gone.
    pub followers_count: i64,
    /// Whom the viewer follows no longer.
    pub following_count: i64,
    /// When it was done.
    #[serde(serialize_with = "wire::time")]
    pub created_at: DateTime<Utc>,
}
