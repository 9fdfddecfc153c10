//! What a user may do on this server.

use serde::Serialize;

/// The role of the user who asks.
#[derive(Debug, Clone, Serialize)]
pub struct Role {
    /// A stable word.
    pub id: String,
    /// Its name for people; empty for members.
    pub name: String,
    /// Mastodon's bit mask, as text.
    pub permissions: String,
    /// `#rrggbb`, or empty.
    pub color: String,
    /// Shown beside the name.
    pub highlighted: bool,
    /// Collections that the user may have.
    pub collection_limit: i64,
}
