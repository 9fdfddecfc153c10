//! One-time links, as they are kept: never with what opens them.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::{Queryable, Selectable};

use super::schema::one_time_links;
use crate::domain::link_purpose::LinkPurpose;

/// A row of `one_time_links`, without its digest. The nonce alone opens nothing: the token
/// is made of it and a key that is not in this table.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = one_time_links, check_for_backend(Pg))]
pub struct OneTimeLink {
    pub id: i64,
    pub purpose: LinkPurpose,
    pub nonce: Vec<u8>,
    pub user_id: Option<i64>,
    pub email: Option<String>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub used_at: Option<DateTime<Utc>>,
}

impl OneTimeLink {
    /// Neither used nor too old.
    pub fn is_good(&self, now: DateTime<Utc>) -> bool {
        self.used_at.is_none() && now < self.expires_at
    }
}
