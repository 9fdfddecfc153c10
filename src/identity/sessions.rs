//! Web sessions and connected apps: listed and ended, one or all.

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;

use crate::app::App;
use crate::cache::last_seen::Used;
use crate::domain::event::{Event, EventKind};
use crate::domain::{Error, Id, Result};
use crate::gate::who::{SignedIn, Via};
use crate::model::session::Session;
use crate::store;
use crate::store::Conn;
use crate::store::apps::AuthorizedApp;

/// The user's sessions, the current one first, then by their last use; 50 at the most.
pub async fn list(app: &App, who: &SignedIn) -> Result<Vec<Session>> {
    let mut conn = app.pool.get().await?;
    let mut all = store::sessions::list(&mut conn, who.user.id, app.clock.now()).await?;
    let current = current(who);
    all.sort_by_key(|session| Some(session.id) != current);
    Ok(all)
}

/// The session that this request came by, if it came by one.
pub fn current(who: &SignedIn) -> Option<i64> {
    match who.via {
        Via::Session { id } => Some(id),
        Via::Token { .. } | Via::CommandLine | Via::Waited => None,
    }
}

/// Ends the session that this request came by.
pub async fn sign_out(app: &App, who: &SignedIn) -> Result<()> {
    match current(who) {
        Some(id) => revoke(app, who, id).await,
        None => Ok(()),
    }
}

/// Ends one of the user's sessions; `NotFound` when it is not theirs.
pub async fn revoke(app: &App, who: &SignedIn, id: i64) -> Result<()> {
    let (user, now) = (who.user.id, app.clock.now());
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        if !store::sessions::delete(conn, user, id).await? {
            return Err(Error::NotFound);
        }
        tell(conn, user, now).await
    })
    .await?;
    app.wake_relay();
    Ok(())
}

/// Ends all sessions of the user but the current one; gives how many.
pub async fn revoke_others(app: &App, who: &SignedIn) -> Result<usize> {
    let (user, keep, now) = (who.user.id, current(who), app.clock.now());
    let mut conn = app.pool.get().await?;
    let ended = conn
        .transaction(async |conn| {
            let ended = store::sessions::delete_all(conn, user, keep).await?;
            tell(conn, user, now).await?;
            Ok::<_, Error>(ended)
        })
        .await?;
    app.wake_relay();
    Ok(ended)
}

/// Apps that may act for the user, last used first; 200 at the most.
pub async fn apps(app: &App, who: &SignedIn) -> Result<Vec<AuthorizedApp>> {
    let mut conn = app.pool.get().await?;
    store::apps::authorized_by(&mut conn, who.user.id).await
}

/// Takes back all that the user let this app do; `NotFound` when that was nothing.
pub async fn revoke_app(app: &App, who: &SignedIn, oauth_app: Id) -> Result<()> {
    let (user, now) = (who.user.id, app.clock.now());
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        if store::tokens::revoke_app(conn, user, oauth_app, now).await? == 0 {
            return Err(Error::NotFound);
        }
        tell(conn, user, now).await
    })
    .await?;
    app.wake_relay();
    Ok(())
}

/// Ends every session but `keep`, every token, and every link that could bring somebody
/// back: after a new password, or when a login is switched off (T5). Inside the caller's
/// transaction, as its last step: it writes the event.
pub(super) async fn end_all(
    conn: &mut Conn,
    user: Id,
    keep: Option<i64>,
    now: DateTime<Utc>,
) -> Result<()> {
    use crate::domain::link_purpose::LinkPurpose::{ChangeAddress, ResetPassword};
    store::sessions::delete_all(conn, user, keep).await?;
    store::second_factor::end_steps(conn, user).await?;
    store::tokens::revoke_all(conn, user, now).await?;
    for purpose in [ResetPassword, ChangeAddress] {
        store::links::void(conn, purpose, Some(user), now).await?;
    }
    tell(conn, user, now).await
}

pub(super) async fn tell(conn: &mut Conn, user: Id, now: DateTime<Utc>) -> Result<()> {
    let event = Event::by_people(EventKind::AccessRevoked, user, user);
    store::events::insert(conn, &event, now).await
}

/// Notes that a session or a token was used, to be written down by [`flush_last_seen`]. The
/// guard calls it when the look-up says that the last note is an hour old.
pub fn note_use(app: &App, via: &Via) {
    let used = match via {
        Via::Session { id } => Used::Session(*id),
        Via::Token { id, .. } => Used::Token(*id),
        Via::CommandLine | Via::Waited => return,
    };
    app.cache.last_seen().note(used, app.clock.now());
}

/// Writes down what [`note_use`] noted since the last call: two statements at the most. A
/// timer calls it once a minute, and the server once more when it stops.
pub async fn flush_last_seen(app: &App) -> Result<()> {
    let seen = app.cache.last_seen().drain();
    if seen.sessions.is_empty() && seen.tokens.is_empty() {
        return Ok(());
    }
    let mut conn = app.pool.get().await?;
    store::sessions::touch(&mut conn, &seen.sessions.into_iter().collect::<Vec<_>>()).await?;
    store::tokens::touch(&mut conn, &seen.tokens.into_iter().collect::<Vec<_>>()).await
}
