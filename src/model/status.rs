//! Statuses: live, published posts.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::{Queryable, Selectable};
use uuid::Uuid;

use super::schema::statuses;
use crate::domain::visibility::Visibility;

/// A row of `statuses`. A boost is a thin row with `reblog_of_id`.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = statuses, check_for_backend(Pg))]
pub struct Status {
    pub id: i64,
    pub account_id: i64,
    pub uri: Option<String>,
    pub uri_hash: Option<Uuid>,
    pub url: Option<String>,
    pub kind: i16,
    pub reblog_of_id: Option<i64>,
    pub in_reply_to_id: Option<i64>,
    pub in_reply_to_account_id: Option<i64>,
    pub in_reply_to_uri_hash: Option<Uuid>,
    pub conversation_id: Option<i64>,
    pub visibility: Visibility,
    pub local_only: bool,
    pub sensitive: bool,
    pub spoiler_text: String,
    pub html: String,
    pub source: Option<String>,
    pub length: i32,
    pub language: Option<String>,
    pub content_map: Option<serde_json::Value>,
    pub sanitiser_version: i16,
    pub version: i32,
    pub app_id: Option<i64>,
    pub interaction_policy: i16,
    pub flags: i32,
    pub created_at: DateTime<Utc>,
    pub edited_at: Option<DateTime<Utc>>,
    pub emojis: Option<serde_json::Value>,
}
