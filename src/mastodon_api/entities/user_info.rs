//! Who a token stands for, as OpenID Connect asks (quirk 69).

use serde::Serialize;

/// The claims that `profile` allows. All addresses are absolute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UserInfo {
    /// This server.
    pub iss: String,
    /// The account's own address among servers: never changes.
    pub sub: String,
    /// The display name, or the bare name where there is none.
    pub name: String,
    /// The bare name.
    pub preferred_username: String,
    /// The profile's page.
    pub profile: String,
    /// The square picture.
    pub picture: String,
}
