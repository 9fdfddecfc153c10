//! Drafts: posts that are not one yet.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::{Queryable, Selectable};

use super::schema::drafts;
use crate::domain::visibility::Visibility;

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
}
