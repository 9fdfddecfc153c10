//! Access tokens, and the codes that become one.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::{Queryable, Selectable};

use super::schema::{oauth_codes, tokens};

/// A row of `tokens`, without its digest.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = tokens, check_for_backend(Pg))]
pub struct Token {
    pub id: i64,
    pub app_id: i64,
    pub user_id: Option<i64>,
    pub scopes: String,
    pub created_at: DateTime<Utc>,
    pub last_used_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A row of `oauth_codes`, without its digest.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = oauth_codes, check_for_backend(Pg))]
pub struct OauthCode {
    pub id: i64,
    pub app_id: i64,
    pub user_id: i64,
    pub redirect_uri: String,
    pub scopes: String,
    pub challenge: Option<String>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub used_at: Option<DateTime<Utc>>,
    pub token_id: Option<i64>,
}
