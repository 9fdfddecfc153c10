//! A hashtag and how it is used.

use serde::Serialize;

use super::wire;
use crate::domain::Id;

/// A hashtag.
#[derive(Debug, Clone, Serialize)]
pub struct Tag {
    /// Its id.
    #[serde(serialize_with = "wire::id")]
    pub id: Id,
    /// As it is usually written, without `#`.
    pub name: String,
    /// Its page here.
    pub url: String,
    /// The last seven days, the newest first.
    pub history: Vec<TagHistory>,
    /// The viewer follows it; left out without a user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub following: Option<bool>,
    /// The viewer features it; left out without a user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub featuring: Option<bool>,
}

/// A day's use. Numbers go as text.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct TagHistory {
    /// Midnight UTC, seconds since 1970.
    #[serde(serialize_with = "wire::text")]
    pub day: i64,
    /// How many used it.
    #[serde(serialize_with = "wire::text")]
    pub accounts: i64,
    /// How often it was used.
    #[serde(serialize_with = "wire::text")]
    pub uses: i64,
}
