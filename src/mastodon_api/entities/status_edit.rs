//! One version of a status.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Account, CustomEmoji, MediaAttachment, wire};

/// A version; the history lists them oldest first and has at least one.
#[derive(Debug, Clone, Serialize)]
pub struct StatusEdit {
    /// Who wrote it.
    pub account: Arc<Account>,
    /// HTML.
    pub content: String,
    /// The content warning, or empty.
    pub spoiler_text: String,
    /// Media are hidden at first.
    pub sensitive: bool,
    /// When this version was made.
    #[serde(serialize_with = "wire::time")]
    pub created_at: DateTime<Utc>,
    /// The media of this version.
    pub media_attachments: Vec<MediaAttachment>,
    /// Emoji in its text.
    pub emojis: Vec<CustomEmoji>,
    /// What this version asked; left out without a poll.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poll: Option<PollEdit>,
}

/// What a version asked.
#[derive(Debug, Clone, Serialize)]
pub struct PollEdit {
    /// In order.
    pub options: Vec<PollEditOption>,
}

/// What could be chosen in a version.
#[derive(Debug, Clone, Serialize)]
pub struct PollEditOption {
    /// One line.
    pub title: String,
}
