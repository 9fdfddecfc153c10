//! An account as everybody sees it.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::{Approval, CustomEmoji, Field, wire};
use crate::domain::Id;

/// A local or remote account.
#[derive(Debug, Clone, Serialize)]
pub struct Account {
    /// Its id.
    #[serde(serialize_with = "wire::id")]
    pub id: Id,
    /// The bare name.
    pub username: String,
    /// The bare name for local accounts, `name@domain` for others.
    pub acct: String,
    /// Plain text; empty when suspended.
    pub display_name: String,
    /// Follows need a yes.
    pub locked: bool,
    /// Marked as automated.
    pub bot: bool,
    /// May be recommended; null where nobody said.
    pub discoverable: Option<bool>,
    /// Public posts may be searched.
    pub indexable: bool,
    /// A group actor.
    pub group: bool,
    /// When it was made, cut to midnight.
    #[serde(serialize_with = "wire::midnight")]
    pub created_at: DateTime<Utc>,
    /// HTML; empty when suspended.
    pub note: String,
    /// The profile page, absolute.
    pub url: String,
    /// The ActivityPub id.
    pub uri: String,
    /// Absolute; a default picture when there is none.
    pub avatar: String,
    /// As `avatar`, for still pictures.
    pub avatar_static: String,
    /// Alternative text, or empty.
    pub avatar_description: String,
    /// Absolute; a default picture when there is none.
    pub header: String,
    /// As `header`, for still pictures.
    pub header_static: String,
    /// Alternative text, or empty.
    pub header_description: String,
    /// How many follow it.
    pub followers_count: i64,
    /// How many it follows.
    pub following_count: i64,
    /// How many statuses it has.
    pub statuses_count: i64,
    /// The day of the last status.
    #[serde(serialize_with = "wire::opt_date")]
    pub last_status_at: Option<NaiveDate>,
    /// Followers and followed are not listed; null where nobody said.
    pub hide_collections: Option<bool>,
    /// The profile has a tab for media.
    pub show_media: bool,
    /// That tab has replies too.
    pub show_media_replies: bool,
    /// The profile has a tab for what is featured.
    pub show_featured: bool,
    /// Where it moved to; left out otherwise. Carries no further move.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved: Option<Arc<Account>>,
    /// Emoji in the display name, note and fields.
    pub emojis: Vec<CustomEmoji>,
    /// Left out when false.
    #[serde(skip_serializing_if = "wire::is_false")]
    pub suspended: bool,
    /// Left out when false.
    #[serde(skip_serializing_if = "wire::is_false")]
    pub limited: bool,
    /// Local accounts only: search engines should stay away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noindex: Option<bool>,
    /// Left out when false.
    #[serde(skip_serializing_if = "wire::is_false")]
    pub memorial: bool,
    /// Who may feature it in collections.
    pub feature_approval: Approval,
    /// Local accounts only: highlighted roles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<AccountRole>>,
    /// The rows of the profile's table.
    pub fields: Vec<Field>,
}

/// A role that is shown beside a name.
#[derive(Debug, Clone, Serialize)]
pub struct AccountRole {
    /// A stable word.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// `#rrggbb`, or empty.
    pub color: String,
}
