//! Users: the login behind a local account.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::{Queryable, Selectable};

use super::schema::users;
use crate::domain::role::Role;

/// A row of `users`, without its password hash (see [`Credentials`]).
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(Pg))]
pub struct User {
    pub id: i64,
    pub account_id: i64,
    pub username: String,
    pub email: Option<String>,
    pub email_canonical: Option<String>,
    pub email_confirmed_at: Option<DateTime<Utc>>,
    pub role: Role,
    pub role_since: DateTime<Utc>,
    pub deputy: bool,
    pub approved_at: Option<DateTime<Utc>>,
    pub disabled_at: Option<DateTime<Utc>>,
    pub locale: String,
    pub time_zone: Option<String>,
    pub settings: serde_json::Value,
    pub welcomed_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub password_changed_at: Option<DateTime<Utc>>,
    /// The account has moved elsewhere: it posts nothing.
    pub moved_at: Option<DateTime<Utc>>,
    /// Since when a second factor is set.
    pub second_factor_since: Option<DateTime<Utc>>,
}

/// The part of a user that only a sign-in may read.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(Pg))]
pub struct Credentials {
    pub id: i64,
    pub password_hash: Option<String>,
}

impl User {
    /// Approved, and not disabled: holds an account.
    pub fn is_member(&self) -> bool {
        self.approved_at.is_some() && self.disabled_at.is_none()
    }
}
