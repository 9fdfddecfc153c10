//! An account as its own user sees it.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Account, Role, wire};
use crate::domain::visibility::Visibility;

/// verify_credentials and update_credentials answer with this.
#[derive(Debug, Clone, Serialize)]
pub struct CredentialAccount {
    /// What everybody sees.
    #[serde(flatten)]
    pub account: Account,
    /// What only its user sees and edits.
    pub source: Source,
    /// The user's role.
    pub role: Role,
}

/// The raw texts and the defaults for new posts.
#[derive(Debug, Clone, Serialize)]
pub struct Source {
    /// Of new posts.
    pub privacy: Visibility,
    /// Media of new posts are hidden at first.
    pub sensitive: bool,
    /// Of new posts; ISO 639.
    pub language: Option<String>,
    /// The note as it was typed.
    pub note: String,
    /// The fields as they were typed.
    pub fields: Vec<SourceField>,
    /// Waiting for a yes; at most 40.
    pub follow_requests_count: i64,
    /// See the account.
    pub hide_collections: Option<bool>,
    /// See the account.
    pub discoverable: Option<bool>,
    /// See the account.
    pub indexable: bool,
    /// Sites that may name this account as author.
    pub attribution_domains: Vec<String>,
    /// `public`, `followers` or `nobody`.
    pub quote_policy: &'static str,
}

/// A field as it was typed.
#[derive(Debug, Clone, Serialize)]
pub struct SourceField {
    /// Plain text.
    pub name: String,
    /// Plain text.
    pub value: String,
    /// See [`super::Field`].
    #[serde(serialize_with = "wire::opt_time")]
    pub verified_at: Option<DateTime<Utc>>,
}
