//! Tokens that the host makes on the command line.
//!
//! They belong to one of two apps of the house: what `automation` writes is no sign of life
//! (registration.md C1), so a script cannot keep the light on.

use diesel_async::AsyncConnection;

use crate::app::App;
use crate::domain::scopes::Scopes;
use crate::domain::{Error, Id, Result};
use crate::model::app::OauthApp;
use crate::secrets::Secret;
use crate::secrets::token;
use crate::store;
use crate::store::Conn;
use crate::store::apps::NewApp;
use crate::store::tokens::NewToken;

use super::redirect::OUT_OF_BAND;

/// What the two apps could be granted at the most.
const ALL: &str = "read write follow push profile admin:read admin:write";

/// Makes a token for this member. `person`: whoever holds it is a person, and what they do
/// counts as such.
///
/// # Errors
/// `Invalid` for unknown scopes or none, `NotFound` for nobody.
pub async fn token(app: &App, user: Id, scopes: &str, person: bool) -> Result<Secret> {
    let scopes = Scopes::parse(scopes)
        .map_err(|word| Error::invalid(format!("There is no scope {word:?}.")))?;
    if scopes.is_empty() {
        return Err(Error::invalid("Name at least one scope, such as read."));
    }
    let secret = Secret::random();
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let holder = store::access::by_user(conn, user).await?;
        if !holder.is_some_and(|h| h.token_lives()) {
            return Err(Error::NotFound);
        }
        let owner = app_of_the_house(conn, person, now).await?;
        let new = NewToken {
            digest: secret.digest(),
            app_id: owner.id,
            user_id: Some(user),
            scopes: scopes.to_string(),
        };
        store::tokens::insert(conn, &new, now).await?;
        Ok(())
    })
    .await?;
    Ok(secret)
}

async fn app_of_the_house(
    conn: &mut Conn,
    person: bool,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<OauthApp> {
    let (client_id, name) = if person {
        ("command-line-person", "Command line (a person)")
    } else {
        ("command-line", "Command line")
    };
    if let Some(known) = store::apps::find_by_client_id(conn, client_id).await? {
        return Ok(known.app);
    }
    let new = NewApp {
        name: name.into(),
        website: None,
        redirect_uris: vec![OUT_OF_BAND.into()],
        scopes: ALL.into(),
        client_id: client_id.into(),
        // Nobody knows a secret with this digest: the app cannot be used from outside.
        secret_digest: token::random_bytes(),
        automation: !person,
    };
    store::apps::insert_or_find(conn, &new, now).await
}
