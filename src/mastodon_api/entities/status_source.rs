//! A status as it was typed.

use serde::Serialize;

use super::wire;
use crate::domain::Id;

/// For the editor.
#[derive(Debug, Clone, Serialize)]
pub struct StatusSource {
    /// The status's id.
    #[serde(serialize_with = "wire::id")]
    pub id: Id,
    /// The raw text.
    pub text: String,
    /// The raw content warning, or empty.
    pub spoiler_text: String,
}
