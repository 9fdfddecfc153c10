//! Drafts: posts that are not one yet.

use std::ops::Deref;

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::{Queryable, Selectable};

use super::schema::{draft_media, drafts};
use crate::domain::visibility::Visibility;
use crate::text::poll::Poll;

/// A row of `drafts`. `visibility` is the wish for when it is published.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = drafts, check_for_backend(Pg))]
pub struct Draft {
    pub id: i64,
    pub user_id: i64,
    pub text: String,
    pub spoiler_text: String,
    pub sensitive: bool,
    pub visibility: Visibility,
    pub language: Option<String>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// What the post will ask: a [`crate::text::poll::Poll`].
    pub poll: Option<serde_json::Value>,
}

impl Draft {
    /// What the post will ask.
    pub fn asks(&self) -> Option<Poll> {
        serde_json::from_value(self.poll.clone()?).ok()
    }
}

/// A row of `draft_media`: a picture in private storage, of a draft or of none yet.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = draft_media, check_for_backend(Pg))]
pub struct DraftPicture {
    pub id: i64,
    pub draft_id: Option<i64>,
    /// In private storage.
    pub path: String,
    /// The type it is served as.
    pub mime: String,
    /// Bytes.
    pub size: i32,
    pub width: Option<i32>,
    pub height: Option<i32>,
    pub blurhash: Option<String>,
    /// Alternative text, or empty.
    pub description: String,
    /// -1 to 1, left to right.
    pub focus_x: Option<f32>,
    /// -1 to 1, bottom to top.
    pub focus_y: Option<f32>,
}

/// A draft with its pictures, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct FullDraft {
    pub draft: Draft,
    pub pictures: Vec<DraftPicture>,
}

impl Deref for FullDraft {
    type Target = Draft;

    fn deref(&self) -> &Draft {
        &self.draft
    }
}
