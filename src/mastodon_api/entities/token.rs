//! An access token as it is handed out.

use serde::Serialize;

/// The answer of the token endpoint.
#[derive(Clone, Serialize)]
pub struct Token {
    /// The secret.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// What was granted, by spaces.
    pub scope: String,
    /// Seconds since 1970.
    pub created_at: i64,
}

impl Token {
    /// A bearer token.
    pub fn bearer(access_token: String, scope: String, created_at: i64) -> Token {
        Token {
            access_token,
            token_type: "Bearer",
            scope,
            created_at,
        }
    }
}

/// Without the secret, so that none lands in a log.
impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Token")
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}
