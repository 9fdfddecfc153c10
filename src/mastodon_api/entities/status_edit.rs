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
}
