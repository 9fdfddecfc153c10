//! OAuth 2 for Mastodon's apps: register, authorize, exchange, revoke.
//!
//! ```text
//! app ── POST /api/v1/apps ──────────────> apps.rs       a name, redirect URIs, scopes
//! person ── GET /oauth/authorize ────────> authorize.rs  checked; nothing unregistered is redirected to
//!        ── allow ──> code (10 min, once) ─> the app, by its redirect URI, or shown to copy
//! app ── POST /oauth/token ──────────────> token.rs      code, or the app's own credentials
//! app ── POST /oauth/revoke ─────────────> revoke.rs
//! ```

/// Apps register, and prove themselves.
pub mod apps;
/// May this app act for me?
pub mod authorize;
/// Tokens that the host makes on the command line.
pub mod host;
/// Proof that the app that asks for the token is the one that began (RFC 7636).
pub mod pkce;
/// Where codes may be sent.
pub mod redirect;
/// Ending a token.
pub mod revoke;
/// From a code to a token.
pub mod token;

use crate::domain::Error;

/// What the OAuth endpoints answer when it is no (RFC 6749, 5.2).
#[derive(Debug)]
pub enum Fault {
    /// The app is unknown, or did not prove itself.
    InvalidClient,
    /// `invalid_request`, `invalid_grant`, `unauthorized_client`, `unsupported_grant_type`,
    /// `invalid_scope`.
    Bad {
        /// The standard's code.
        code: &'static str,
        /// A sentence for developers.
        description: String,
    },
    /// What the rest of the house answers alike.
    Other(Error),
}

impl Fault {
    fn bad(code: &'static str, description: impl Into<String>) -> Fault {
        Fault::Bad {
            code,
            description: description.into(),
        }
    }
}

impl<E: Into<Error>> From<E> for Fault {
    fn from(error: E) -> Fault {
        Fault::Other(error.into())
    }
}
