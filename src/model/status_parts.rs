//! A status with what hangs on it: everything that a rendered fragment shows, and nothing
//! that differs by viewer or changes without a new version.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::emoji::Emoji;
use crate::domain::visibility::Visibility;

/// As read by one statement of `store/status_parts.rs`.
#[derive(Debug, Clone, PartialEq)]
pub struct StatusParts {
    pub id: i64,
    pub version: i32,
    pub account_id: i64,
    /// The author's name, as in `accounts.username`.
    pub author: String,
    /// The author's domain; `None` for local ones.
    pub author_domain: Option<String>,
    pub uri: Option<String>,
    pub url: Option<String>,
    pub reblog_of_id: Option<i64>,
    pub in_reply_to_id: Option<i64>,
    pub in_reply_to_account_id: Option<i64>,
    pub visibility: Visibility,
    pub sensitive: bool,
    pub spoiler_text: String,
    pub html: String,
    pub language: Option<String>,
    pub created_at: DateTime<Utc>,
    pub edited_at: Option<DateTime<Utc>>,
    /// Those named in the text, by their ids.
    pub mentions: Vec<Mentioned>,
    /// Normalised names of its hashtags, in alphabetical order.
    pub tags: Vec<String>,
    /// In the author's order.
    pub media: Vec<Attached>,
    /// Emoji in its text, warning and options.
    pub emojis: Vec<Emoji>,
    /// The app it was posted with, if that app is still known.
    pub app: Option<PostedWith>,
}

/// An account named in a status.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Mentioned {
    pub id: i64,
    pub username: String,
    /// `None` for local ones.
    pub domain: Option<String>,
    /// The profile page of remote ones.
    pub url: Option<String>,
}

/// A medium of a status.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Attached {
    pub id: i64,
    /// 0 image, 1 gifv, 2 video, 3 audio, 4 unknown.
    pub kind: i16,
    pub path: Option<String>,
    pub preview_path: Option<String>,
    pub remote_url: Option<String>,
    /// Pixels.
    pub width: Option<i32>,
    /// Pixels.
    pub height: Option<i32>,
    pub blurhash: Option<String>,
    /// -1 to 1.
    pub focus_x: Option<f32>,
    /// -1 to 1.
    pub focus_y: Option<f32>,
    /// Alternative text; empty where none was written.
    pub description: String,
}

/// An app as statuses show it.
#[derive(Debug, Clone, PartialEq)]
pub struct PostedWith {
    pub name: String,
    pub website: Option<String>,
}
