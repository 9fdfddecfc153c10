//! A report to the moderators.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::value::RawValue;

use super::wire;
use crate::domain::Id;

/// A report, as its author sees it.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Its id.
    #[serde(serialize_with = "wire::id")]
    pub id: Id,
    /// Somebody has done something about it.
    pub action_taken: bool,
    /// When.
    pub action_taken_at: (),
    /// `spam`, `legal`, `violation` or `other`.
    pub category: &'static str,
    /// In the author's words.
    pub comment: String,
    /// The server of the reported hears of it.
    pub forwarded: bool,
    /// When it was made.
    #[serde(serialize_with = "wire::time")]
    pub created_at: DateTime<Utc>,
    /// Posts that were kept with it.
    pub status_ids: Vec<String>,
    /// Rules that were broken: not asked for here.
    pub rule_ids: [(); 0],
    /// Collections: this server has none.
    pub collection_ids: [(); 0],
    /// Whom it is about.
    pub target_account: Box<RawValue>,
}
