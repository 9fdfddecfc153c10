//! A registered app.

use serde::Serialize;

use super::wire;
use crate::domain::Id;

/// As apps/verify_credentials tells it.
#[derive(Debug, Clone, Serialize)]
pub struct Application {
    /// Its id.
    #[serde(serialize_with = "wire::id")]
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Its page.
    pub website: Option<String>,
    /// What it may ask for.
    pub scopes: Vec<String>,
    /// Where codes may be sent.
    pub redirect_uris: Vec<String>,
    /// The same in one text, by lines: old apps insist on it.
    pub redirect_uri: String,
    /// The public key for push; empty where there is none. Deprecated, still read.
    pub vapid_key: String,
}

/// As registration answers, once, with the secret.
#[derive(Debug, Clone, Serialize)]
pub struct CredentialApplication {
    /// The app.
    #[serde(flatten)]
    pub application: Application,
    /// Its public name for OAuth.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// Always 0: never.
    pub client_secret_expires_at: i64,
}
