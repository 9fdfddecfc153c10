//! Who a token or a cookie belongs to, as the gate takes it.

use crate::app::App;
use crate::domain::scopes::Scopes;
use crate::domain::{Id, Result};
use crate::gate::who::{ApplicationFacts, SignedIn, Via};
use crate::store;
use crate::store::access::{Holder, TokenHolder};

/// Whom a token stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum Bearer {
    /// The app itself.
    App {
        /// Which.
        app_id: Id,
        /// What it was granted.
        scopes: Scopes,
    },
    /// A user, whatever their standing.
    User(Box<SignedIn>),
}

/// Whoever holds the token with this SHA-256. One statement.
pub async fn by_token(app: &App, digest: &[u8; 32]) -> Result<Option<Bearer>> {
    let mut conn = app.pool.get().await?;
    let found = store::access::by_token(&mut *conn, digest, app.clock.now()).await?;
    Ok(found.map(bearer))
}

/// Whoever is signed in by the session with this SHA-256. One statement.
pub async fn by_session(app: &App, digest: &[u8; 32]) -> Result<Option<SignedIn>> {
    let mut conn = app.pool.get().await?;
    let found = store::access::by_session(&mut *conn, digest, app.clock.now()).await?;
    Ok(found.map(|s| signed_in(s.holder, Via::Session { id: s.session_id })))
}

/// What a row of the token look-up says, for callers that pipeline it themselves.
pub fn bearer(found: TokenHolder) -> Bearer {
    let TokenHolder {
        token_id,
        app_id,
        automation,
        scopes,
        holder,
        ..
    } = found;
    match holder {
        None => Bearer::App { app_id, scopes },
        Some(holder) => {
            let via = Via::Token {
                id: token_id,
                app_id,
                scopes,
                automation,
            };
            Bearer::User(Box::new(signed_in(holder, via)))
        }
    }
}

fn signed_in(holder: Holder, via: Via) -> SignedIn {
    SignedIn {
        application: holder.application.map(|a| ApplicationFacts {
            id: a.id,
            state: a.state,
            submitted_at: a.submitted_at,
            told: a.told,
        }),
        user: holder.user,
        via,
    }
}
