//! From a code, or from an app's own credentials, to a token.

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;

use super::apps::{self, Client};
use super::authorize::wanted_scopes;
use super::{Fault, pkce};
use crate::app::App;
use crate::domain::{Error, Result};
use crate::model::app::OauthApp;
use crate::model::token::OauthCode;
use crate::secrets::Secret;
use crate::store;
use crate::store::Conn;
use crate::store::tokens::NewToken;

/// The parameters of `/oauth/token`, as they came.
#[derive(Debug, Clone, Default)]
pub struct Grant {
    /// `authorization_code` or `client_credentials`.
    pub grant_type: Option<String>,
    /// Which app, and its proof.
    pub client: Client,
    /// The code.
    pub code: Option<Secret>,
    /// Where the code was sent.
    pub redirect_uri: Option<String>,
    /// PKCE.
    pub code_verifier: Option<String>,
    /// For client credentials alone: what was consented to counts for a code.
    pub scope: Option<String>,
}

/// A token that was just made.
#[derive(Debug, Clone)]
pub struct Issued {
    /// The token; never seen again.
    pub token: Secret,
    /// What was granted, words by spaces.
    pub scope: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// Makes a token. Tokens do not expire; another one is made each time, and the earlier stay.
pub async fn issue(app: &App, grant: Grant) -> Result<Issued, Fault> {
    let kind = grant
        .grant_type
        .as_deref()
        .ok_or_else(|| Fault::bad("invalid_request", "Missing required parameter: grant_type."))?;
    if !matches!(kind, "authorization_code" | "client_credentials") {
        return Err(Fault::bad(
            "unsupported_grant_type",
            "The grant types are authorization_code and client_credentials.",
        ));
    }
    let oauth_app = apps::authenticate(app, &grant.client).await?;
    if kind == "client_credentials" {
        for_app(app, &oauth_app, grant.scope.as_deref()).await
    } else {
        for_code(app, &oauth_app, &grant).await
    }
}

async fn for_app(app: &App, oauth_app: &OauthApp, scope: Option<&str>) -> Result<Issued, Fault> {
    let scopes = wanted_scopes(&oauth_app.scopes, scope).ok_or_else(|| {
        Fault::bad(
            "invalid_scope",
            "A scope is unknown, or not one that the app registered.",
        )
    })?;
    let token = Secret::random();
    let new = NewToken {
        digest: token.digest(),
        app_id: oauth_app.id,
        user_id: None,
        scopes: scopes.to_string(),
    };
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    store::tokens::insert(&mut conn, &new, now).await?;
    Ok(Issued {
        token,
        scope: new.scopes,
        created_at: now,
    })
}

async fn for_code(app: &App, oauth_app: &OauthApp, grant: &Grant) -> Result<Issued, Fault> {
    let code = grant
        .code
        .as_ref()
        .ok_or_else(|| Fault::bad("invalid_request", "Missing required parameter: code."))?;
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let (result, told) = conn
        .transaction(async |conn| exchange(conn, oauth_app, grant, &code.digest(), now).await)
        .await?;
    drop(conn);
    if told {
        app.wake_relay();
    }
    result
}

/// Exchanges the code. A fault is a value here, not an error: what it wrote (a token
/// revoked, since its code came twice) is committed. The flag says that there is an event.
async fn exchange(
    conn: &mut Conn,
    oauth_app: &OauthApp,
    grant: &Grant,
    digest: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<(Result<Issued, Fault>, bool), Error> {
    let Some(code) = store::tokens::lock_code(conn, digest).await? else {
        return Ok((Err(invalid_grant()), false));
    };
    // Another app's: its own app shall still be able to use it.
    if code.app_id != oauth_app.id {
        return Ok((Err(invalid_grant()), false));
    }
    if code.used_at.is_some() {
        let mut told = false;
        if let Some(token) = code.token_id {
            told = store::tokens::revoke(conn, token, now).await?;
        }
        if told {
            crate::identity::sessions::tell(conn, code.user_id, now).await?;
        }
        return Ok((Err(invalid_grant()), told));
    }
    let holder = store::access::by_user(conn, code.user_id).await?;
    let lives = holder.is_some_and(|h| h.token_lives());
    if !fits(&code, grant, now) || !lives {
        return Ok((Err(invalid_grant()), false));
    }
    let token = Secret::random();
    let new = NewToken {
        digest: token.digest(),
        app_id: oauth_app.id,
        user_id: Some(code.user_id),
        scopes: code.scopes,
    };
    let id = store::tokens::insert(conn, &new, now).await?;
    store::tokens::use_code(conn, code.id, id, now).await?;
    let issued = Issued {
        token,
        scope: new.scopes,
        created_at: now,
    };
    Ok((Ok(issued), false))
}

/// In time, sent to where the code was sent, and proved if it was begun with a challenge.
fn fits(code: &OauthCode, grant: &Grant, now: DateTime<Utc>) -> bool {
    now < code.expires_at
        && grant.redirect_uri.as_deref() == Some(&code.redirect_uri)
        && pkce::proves(code.challenge.as_deref(), grant.code_verifier.as_deref())
}

fn invalid_grant() -> Fault {
    Fault::bad(
        "invalid_grant",
        "The code is invalid, expired, revoked or used, does not match the redirect URI used \
         in the authorization request, or was issued to another client.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn code() -> OauthCode {
        OauthCode {
            id: 1,
            app_id: 1,
            user_id: 1,
            redirect_uri: "app://cb".into(),
            scopes: "read".into(),
            challenge: None,
            created_at: DateTime::UNIX_EPOCH,
            expires_at: DateTime::UNIX_EPOCH + TimeDelta::minutes(10),
            used_at: None,
            token_id: None,
        }
    }

    fn grant() -> Grant {
        Grant {
            redirect_uri: Some("app://cb".into()),
            ..Grant::default()
        }
    }

    #[test]
    fn a_code_fits_in_time_and_in_place() {
        let at = |minutes| DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes);
        assert!(fits(&code(), &grant(), at(9)));
        assert!(!fits(&code(), &grant(), at(10)));
        for uri in [None, Some("app://cb/"), Some("app://cb?x"), Some("")] {
            let other = Grant {
                redirect_uri: uri.map(str::to_owned),
                ..grant()
            };
            assert!(!fits(&code(), &other, at(1)), "{uri:?}");
        }
        let begun = OauthCode {
            challenge: Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".into()),
            ..code()
        };
        assert!(!fits(&begun, &grant(), at(1)));
        let proved = Grant {
            code_verifier: Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into()),
            ..grant()
        };
        assert!(fits(&begun, &proved, at(1)));
        assert!(!fits(&code(), &proved, at(1)));
    }
}
