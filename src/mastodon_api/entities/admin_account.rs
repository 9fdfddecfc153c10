//! Somebody as staff see them.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Account, Role, wire};
use crate::domain::Id;

/// Somebody who waits, lives here, or is known from elsewhere. What concerns a login is null for
/// those of elsewhere; addresses and networks are null for reviewers below moderator.
#[derive(Debug, Clone, Serialize)]
pub struct AdminAccount {
    /// The account's id, also while it is only reserved.
    #[serde(serialize_with = "wire::id")]
    pub id: Id,
    /// The bare name.
    pub username: String,
    /// Their server; null for here.
    pub domain: Option<String>,
    /// When they came.
    #[serde(serialize_with = "wire::time")]
    pub created_at: DateTime<Utc>,
    /// The address.
    pub email: Option<String>,
    /// Where they were seen last.
    pub ip: Option<String>,
    /// Where they were seen.
    pub ips: Option<Vec<AdminIp>>,
    /// Their language.
    pub locale: Option<String>,
    /// What they wrote when they applied.
    pub invite_request: Option<String>,
    /// What they may do.
    pub role: Option<Role>,
    /// The address is confirmed.
    pub confirmed: Option<bool>,
    /// Somebody let them in.
    pub approved: Option<bool>,
    /// The login is switched off.
    pub disabled: Option<bool>,
    /// Never so here.
    pub sensitized: bool,
    /// Limited.
    pub silenced: bool,
    /// Suspended.
    pub suspended: bool,
    /// The account as everybody sees it, or as it will look.
    pub account: Account,
    /// Who invited them; left out where nobody did.
    #[serde(
        serialize_with = "wire::opt_id",
        skip_serializing_if = "Option::is_none"
    )]
    pub invited_by_account_id: Option<Id>,
}

/// Where somebody was seen.
#[derive(Debug, Clone, Serialize)]
pub struct AdminIp {
    /// The network, as far as it is kept.
    pub ip: String,
    /// When, last.
    #[serde(serialize_with = "wire::time")]
    pub used_at: DateTime<Utc>,
}
