//! A rule of the server.

use std::collections::BTreeMap;

use serde::Serialize;

use super::wire;
use crate::domain::Id;

/// A rule.
#[derive(Debug, Clone, Serialize)]
pub struct Rule {
    /// Its id.
    #[serde(serialize_with = "wire::id")]
    pub id: Id,
    /// The rule itself.
    pub text: String,
    /// What it means, or empty.
    pub hint: String,
    /// By language.
    pub translations: BTreeMap<String, RuleTranslation>,
}

/// A rule in another language.
#[derive(Debug, Clone, Serialize)]
pub struct RuleTranslation {
    /// The rule itself.
    pub text: String,
    /// What it means, or empty.
    pub hint: String,
}
