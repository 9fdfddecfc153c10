//! Who a token or a cookie belongs to, as the gate takes it.

use chrono::{DateTime, Utc};

use super::sessions;
use crate::app::App;
use crate::cache::last_seen::Used;
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
    Ok(found.map(|found| bearer(app, found)))
}

/// Whoever is signed in by the session with this SHA-256. One statement.
pub async fn by_session(app: &App, digest: &[u8; 32]) -> Result<Option<SignedIn>> {
    let mut conn = app.pool.get().await?;
    let found = store::access::by_session(&mut *conn, digest, app.clock.now()).await?;
    Ok(found.map(|found| {
        let via = Via::Session {
            id: found.session_id,
        };
        if found.note_use {
            sessions::note_use(app, &via);
        }
        signed_in(found.holder, via, app.clock.now())
    }))
}

/// What a row of the token look-up says, for callers that pipeline it themselves.
/// Notes the use, which [`sessions::flush_last_seen`] writes down later.
pub fn bearer(app: &App, found: TokenHolder) -> Bearer {
    let TokenHolder {
        token_id,
        app_id,
        automation,
        scopes,
        holder,
        note_use,
    } = found;
    if note_use {
        app.cache
            .last_seen()
            .note(Used::Token(token_id), app.clock.now());
    }
    match holder {
        None => Bearer::App { app_id, scopes },
        Some(holder) => {
            let via = Via::Token {
                id: token_id,
                app_id,
                scopes,
                automation,
            };
            Bearer::User(Box::new(signed_in(holder, via, app.clock.now())))
        }
    }
}

fn signed_in(holder: Holder, via: Via, at: DateTime<Utc>) -> SignedIn {
    SignedIn {
        application: holder.application.map(|a| ApplicationFacts {
            id: a.id,
            state: a.told_state(),
            submitted_at: a.submitted_at,
            told: a.told,
            over: a.state != a.told_state(),
        }),
        user: holder.user,
        via,
        at,
    }
}
