//! A poll.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{CustomEmoji, wire};
use crate::domain::Id;

/// What a status asks.
#[derive(Debug, Clone, Serialize)]
pub struct Poll {
    /// Its id: that of the status.
    #[serde(serialize_with = "wire::id")]
    pub id: Id,
    /// When it ends; null for never.
    #[serde(serialize_with = "wire::opt_time")]
    pub expires_at: Option<DateTime<Utc>>,
    /// It has ended.
    pub expired: bool,
    /// More than one may be chosen.
    pub multiple: bool,
    /// All votes together.
    pub votes_count: i64,
    /// How many voted.
    pub voters_count: Option<i64>,
    /// What can be chosen, in order.
    pub options: Vec<PollOption>,
    /// Emoji in the options.
    pub emojis: Vec<CustomEmoji>,
    /// The viewer voted, or wrote it; left out for strangers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voted: Option<bool>,
    /// What the viewer chose, from 0; left out for strangers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_votes: Option<Vec<i16>>,
}

/// What can be chosen.
#[derive(Debug, Clone, Serialize)]
pub struct PollOption {
    /// One line.
    pub title: String,
    /// How many chose it; null while that is hidden.
    pub votes_count: Option<i64>,
}
