//! Second factors as they are kept.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::{Queryable, Selectable};

use super::schema::{passkeys, sign_in_steps, totp_factors};

/// A row of `totp_factors`.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = totp_factors, check_for_backend(Pg))]
pub struct TotpFactor {
    pub user_id: i64,
    pub sealed: String,
    pub last_step: i64,
    pub created_at: DateTime<Utc>,
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A row of `passkeys`.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = passkeys, check_for_backend(Pg))]
pub struct PasskeyRow {
    pub id: i64,
    pub user_id: i64,
    pub credential_id: Vec<u8>,
    pub credential: serde_json::Value,
    pub name: String,
    pub created_at: DateTime<Utc>,
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A row of `sign_in_steps`, without its digest.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = sign_in_steps, check_for_backend(Pg))]
pub struct SignInStep {
    pub user_id: i64,
    pub challenge: Option<serde_json::Value>,
    pub tries: i16,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub used_at: Option<DateTime<Utc>>,
}
