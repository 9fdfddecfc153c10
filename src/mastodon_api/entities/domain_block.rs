//! Other servers as this one treats them.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::wire;
use crate::domain::Id;

/// A server that is limited or suspended here, as anybody may read it.
#[derive(Debug, Clone, Serialize)]
pub struct DomainBlock {
    /// Its name, perhaps with stars in it.
    pub domain: String,
    /// SHA-256 of its whole name.
    pub digest: String,
    /// `silence` or `suspend`.
    pub severity: &'static str,
    /// Why; null for no word.
    pub comment: Option<String>,
}

/// What blocking a server would end for the member.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct DomainBlockPreview {
    /// Whom they follow there.
    pub following_count: i64,
    /// Who follows them from there.
    pub followers_count: i64,
}

/// A policy, for admins.
#[derive(Debug, Clone, Serialize)]
pub struct AdminDomainBlock {
    /// Its id.
    #[serde(serialize_with = "wire::id")]
    pub id: Id,
    /// The server.
    pub domain: String,
    /// SHA-256 of it.
    pub digest: String,
    /// Since when.
    #[serde(serialize_with = "wire::time")]
    pub created_at: DateTime<Utc>,
    /// `noop`, `silence`, `suspend`.
    pub severity: &'static str,
    /// Its media is not taken or shown.
    pub reject_media: bool,
    /// Its reports are not taken.
    pub reject_reports: bool,
    /// For staff; null for none.
    pub private_comment: Option<String>,
    /// For everybody; null for none.
    pub public_comment: Option<String>,
    /// Lists for everybody show a part of the name.
    pub obfuscate: bool,
}

/// There is a policy of that server already (422).
#[derive(Debug, Clone, Serialize)]
pub struct ExistingDomainBlock {
    /// A sentence.
    pub error: &'static str,
    /// The one that there is.
    pub existing_domain_block: AdminDomainBlock,
}

/// A server that is spoken with where only those are.
#[derive(Debug, Clone, Serialize)]
pub struct AdminDomainAllow {
    /// Its id.
    #[serde(serialize_with = "wire::id")]
    pub id: Id,
    /// The server.
    pub domain: String,
    /// Since when.
    #[serde(serialize_with = "wire::time")]
    pub created_at: DateTime<Utc>,
}
