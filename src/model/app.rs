//! Apps: OAuth clients.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::{Queryable, Selectable};

use super::schema::apps;

/// A row of `apps`, without the digest of its secret.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = apps, check_for_backend(Pg))]
pub struct OauthApp {
    pub id: i64,
    pub name: String,
    pub website: Option<String>,
    pub redirect_uris: Vec<String>,
    pub scopes: String,
    pub client_id: String,
    pub automation: bool,
    pub created_at: DateTime<Utc>,
}

/// An app with what proves it.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = apps, check_for_backend(Pg))]
pub struct OauthAppWithSecret {
    #[diesel(embed)]
    pub app: OauthApp,
    pub secret_digest: Vec<u8>,
}
