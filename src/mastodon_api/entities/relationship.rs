//! How the viewer stands to an account.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::wire;
use crate::domain::Id;

/// Some apps want all of it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Relationship {
    /// The other account's id.
    #[serde(serialize_with = "wire::id")]
    pub id: Id,
    /// The viewer follows.
    pub following: bool,
    /// Boosts are shown at home.
    pub showing_reblogs: bool,
    /// Each new post notifies.
    pub notifying: bool,
    /// Only these languages at home; null for all.
    pub languages: Option<Vec<String>>,
    /// The other follows.
    pub followed_by: bool,
    /// The viewer blocks.
    pub blocking: bool,
    /// The other blocks.
    pub blocked_by: bool,
    /// The viewer mutes.
    pub muting: bool,
    /// Notifications too.
    pub muting_notifications: bool,
    /// The end of the mute; null when it has none.
    #[serde(serialize_with = "wire::opt_time")]
    pub muting_expires_at: Option<DateTime<Utc>>,
    /// The viewer asked to follow.
    pub requested: bool,
    /// The other asked to follow.
    pub requested_by: bool,
    /// The viewer blocks the other's server.
    pub domain_blocking: bool,
    /// The viewer features the other.
    pub endorsed: bool,
    /// The viewer's private note, or empty.
    pub note: String,
}
