//! One row of a profile's table.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::wire;

/// A label and what it says.
#[derive(Debug, Clone, Serialize)]
pub struct Field {
    /// Plain text.
    pub name: String,
    /// HTML.
    pub value: String,
    /// When the link was found to point back; null when it was not.
    #[serde(serialize_with = "wire::opt_time")]
    pub verified_at: Option<DateTime<Utc>>,
}
