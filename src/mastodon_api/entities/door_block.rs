//! What is kept away from the form, for staff.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::wire;
use crate::domain::Id;

/// A network.
#[derive(Debug, Clone, Serialize)]
pub struct AdminIpBlock {
    /// Its id.
    #[serde(serialize_with = "wire::id")]
    pub id: Id,
    /// The network, with its length.
    pub ip: String,
    /// `sign_up_block` or `sign_up_requires_approval`.
    pub severity: &'static str,
    /// For staff.
    pub comment: String,
    /// Since when.
    #[serde(serialize_with = "wire::time")]
    pub created_at: DateTime<Utc>,
    /// Until when; null for good.
    #[serde(serialize_with = "wire::opt_time")]
    pub expires_at: Option<DateTime<Utc>>,
}

/// A mail domain.
#[derive(Debug, Clone, Serialize)]
pub struct AdminEmailDomainBlock {
    /// Its id.
    #[serde(serialize_with = "wire::id")]
    pub id: Id,
    /// The domain.
    pub domain: String,
    /// Since when.
    #[serde(serialize_with = "wire::time")]
    pub created_at: DateTime<Utc>,
    /// Attempts of the last days.
    pub history: Vec<DayOfAttempts>,
    /// It only puts aside.
    pub allow_with_approval: bool,
}

/// Attempts of one day, as texts.
#[derive(Debug, Clone, Serialize)]
pub struct DayOfAttempts {
    /// Its beginning, in unix seconds.
    pub day: String,
    /// From how many networks.
    pub accounts: String,
    /// How many.
    pub uses: String,
}

/// A single address.
#[derive(Debug, Clone, Serialize)]
pub struct AdminCanonicalEmailBlock {
    /// Its id.
    #[serde(serialize_with = "wire::id")]
    pub id: Id,
    /// SHA-256 of its canonical form.
    pub canonical_email_hash: String,
}
