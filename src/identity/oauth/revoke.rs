//! Ending a token (RFC 7009).

use diesel_async::AsyncConnection;

use super::Fault;
use super::apps::{self, Client};
use crate::app::App;
use crate::domain::{Error, Result};
use crate::secrets::{Secret, token};
use crate::store;

/// The longest token that is looked up: ours have 43 characters.
const MAX_TOKEN: usize = 100;

/// Ends a token of this app. An unknown or ended one is fine: it works no more, as was
/// wished.
///
/// # Errors
/// `unauthorized_client` (the door answers 403) when the app does not prove itself, or the
/// token belongs to another one: nobody shall believe that a living token is dead.
pub async fn revoke(app: &App, client: &Client, given: Option<&Secret>) -> Result<(), Fault> {
    let Some(given) = given.filter(|t| t.reveal().len() <= MAX_TOKEN) else {
        return Ok(());
    };
    let digest = token::digest(given.reveal());
    let found = {
        let mut conn = app.pool.get().await?;
        store::tokens::find_by_digest(&mut conn, &digest).await?
    };
    let Some(found) = found.filter(|t| t.revoked_at.is_none()) else {
        return Ok(());
    };
    match apps::authenticate(app, client).await {
        Ok(owner) if owner.id == found.app_id => {}
        Ok(_) | Err(Fault::InvalidClient) => return Err(unauthorized()),
        Err(other) => return Err(other),
    }
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let ended = store::tokens::revoke(conn, found.id, now).await?;
        if let Some(user) = found.user_id.filter(|_| ended) {
            crate::identity::sessions::tell(conn, user, now).await?;
        }
        Ok::<_, Error>(())
    })
    .await?;
    app.wake_relay();
    Ok(())
}

fn unauthorized() -> Fault {
    Fault::bad(
        "unauthorized_client",
        "You are not authorized to revoke this token",
    )
}
