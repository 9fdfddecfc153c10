//! Who applied is let onto the porch at once: a session in the browser, a token in the app.
//! Neither opens more than the sandbox, and until the address is confirmed not even that.

use std::net::IpAddr;

use super::pace;
use crate::app::App;
use crate::domain::scopes::Scopes;
use crate::domain::{Id, Result};
use crate::secrets::Secret;
use crate::store;
use crate::store::sessions::NewSession;
use crate::store::tokens::NewToken;

/// A session for a user who just applied; gives what goes into the cookie.
pub async fn session(
    app: &App,
    user: Id,
    user_agent: &str,
    address: Option<IpAddr>,
) -> Result<Secret> {
    let secret = Secret::random();
    let new = NewSession {
        digest: secret.digest(),
        user_id: user,
        user_agent: user_agent.to_owned(),
        network: address.map(pace::near),
    };
    let mut conn = app.desk.get().await?;
    store::sessions::insert(&mut conn, &new, app.clock.now()).await?;
    Ok(secret)
}

/// A token for a user who just applied through this app. It becomes full on approval and ends
/// on rejection.
pub async fn token(app: &App, user: Id, app_id: Id, scopes: &Scopes) -> Result<Secret> {
    let secret = Secret::random();
    let new = NewToken {
        digest: secret.digest(),
        app_id,
        user_id: Some(user),
        scopes: scopes.to_string(),
    };
    let mut conn = app.desk.get().await?;
    store::tokens::insert(&mut conn, &new, app.clock.now()).await?;
    Ok(secret)
}
