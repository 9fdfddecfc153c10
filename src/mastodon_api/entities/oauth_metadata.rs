//! What `/.well-known/oauth-authorization-server` says (RFC 8414).

use serde::Serialize;

/// Endpoints and abilities; apps use PKCE only if it is told here.
#[derive(Debug, Clone, Serialize)]
pub struct OauthMetadata {
    /// The server, with a slash at the end.
    pub issuer: String,
    /// The consent page.
    pub authorization_endpoint: String,
    /// Codes for tokens.
    pub token_endpoint: String,
    /// Ends a token.
    pub revocation_endpoint: String,
    /// Registers an app.
    pub app_registration_endpoint: String,
    /// Where developers read on.
    pub service_documentation: String,
    /// Left out unless it is served.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_endpoint: Option<String>,
    /// Every scope.
    pub scopes_supported: &'static [&'static str],
    /// `code`.
    pub response_types_supported: &'static [&'static str],
    /// `query`.
    pub response_modes_supported: &'static [&'static str],
    /// `authorization_code`, `client_credentials`.
    pub grant_types_supported: &'static [&'static str],
    /// `client_secret_basic`, `client_secret_post`.
    pub token_endpoint_auth_methods_supported: &'static [&'static str],
    /// `S256`.
    pub code_challenge_methods_supported: &'static [&'static str],
}
