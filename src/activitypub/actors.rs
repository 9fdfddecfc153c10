//! Actors of other servers: found here, or fetched and kept.
//!
//! A document is believed in what concerns its own address alone: it must have been fetched
//! from that address (the client sees to it), and name, inbox and key are its own server's.
//! What stands after the @ of a handle is that server, unless WebFinger there names another
//! domain that points back (I17).

use chrono::TimeDelta;
use serde_json::Value;
use url::Url;

use super::addresses::{self, Local};
use super::names;
use super::read::{self, Document, Unreadable};
use super::uri;
use crate::app::App;
use crate::app::federation::{Federation, FetchError};
use crate::domain::{Error, Id, Result};
use crate::model::account::{Account, Field, fields_to_json};
use crate::model::host;
use crate::store::remote_accounts::{self, Endpoints, RemoteAccount, Upserted};
use crate::store::{self, Conn};
use crate::text::sanitise;

/// When something that could not be reached is worth another try.
const RETRY: TimeDelta = TimeDelta::minutes(2);

/// The account of an address, here or elsewhere, if it is known. No fetch.
pub async fn find(app: &App, conn: &mut Conn, actor: &str) -> Result<Option<Account>> {
    let Some(actor) = uri::canonical(actor) else {
        return Ok(None);
    };
    match addresses::local(&app.origin(), &actor) {
        Some(Local::Actor(id)) => Ok(remote_accounts::by_id(conn, id)
            .await?
            .filter(Account::is_local)),
        Some(_) => Ok(None),
        None => remote_accounts::by_uri(conn, &actor, uri::hash(&actor)).await,
    }
}

/// The same; one elsewhere that is not known is fetched and kept.
///
/// # Errors
/// `NotFound` for what is no actor, is gone, or lives here and does not exist; `Denied` for
/// servers that are blocked; `TooMany` for what cannot be reached now;
/// `Invalid` for what never will.
pub async fn find_or_fetch(fed: &Federation, actor: &str) -> Result<Account> {
    let mut conn = fed.pool.get().await?;
    let found = find(fed, &mut conn, actor).await?;
    drop(conn);
    match found {
        Some(account) => Ok(account),
        None => fetch_and_store(fed, actor).await,
    }
}

/// Fetches an actor and keeps it, known or not.
///
/// # Errors
/// As [`find_or_fetch`].
pub async fn fetch_and_store(fed: &Federation, actor: &str) -> Result<Account> {
    let actor = uri::canonical(actor).ok_or(Error::NotFound)?;
    if is_ours(fed, &actor) {
        return Err(Error::NotFound);
    }
    refuse_blocked(fed, &actor).await?;
    let url = Url::parse(&actor).map_err(|_| Error::NotFound)?;
    let document: Document = fed
        .document(&url)
        .await
        .map_err(|error| unavailable(fed, error))?
        .object;
    store(fed, &document.0).await
}

/// Reads an actor from its server again.
///
/// # Errors
/// As [`find_or_fetch`].
pub async fn refresh(fed: &Federation, account: &Account) -> Result<Account> {
    match &account.uri {
        Some(actor) if !account.is_local() => fetch_and_store(fed, actor).await,
        _ => Ok(account.clone()),
    }
}

/// Keeps an actor's document that came from its own server: fetched there, or signed by the
/// actor itself.
///
/// # Errors
/// `Invalid` for what is no actor, `NotFound` for one that was deleted.
pub async fn store(fed: &Federation, document: &Value) -> Result<Account> {
    let actor = read::Actor::read(document).map_err(unreadable)?;
    if is_ours(fed, &actor.id) {
        return Err(Error::NotFound);
    }
    let domain = uri::authority(&actor.id).ok_or(Error::NotFound)?;
    let hash = uri::hash(&actor.id);
    let mut conn = fed.pool.get().await?;
    let before = remote_accounts::by_uri(&mut conn, &actor.id, hash).await?;
    let moved_to = moved_to(fed, &mut conn, &actor).await?;
    let now = fed.clock.now();
    // Before a row: nothing of a blocked server is kept, not even its name (I28).
    let flags = fed.host_flags(&domain).await?;
    if host::is_suspended(flags) {
        return Err(blocked());
    }
    let host = store::hosts::find_or_insert(&mut conn, &domain, now).await?;
    drop(conn);
    if host::is_suspended(host.flags) {
        return Err(blocked());
    }
    let mut actor = actor;
    if (flags | host.flags) & host::flags::NO_MEDIA != 0 {
        (actor.avatar, actor.header, actor.emojis) = (None, None, None);
    }
    let handle_domain = before
        .as_ref()
        .filter(|known| known.username == actor.username)
        .and_then(|known| known.handle_domain.clone())
        .unwrap_or_else(|| domain.clone());
    let row = row(actor, host.id, handle_domain, moved_to, now);
    let mut conn = fed.pool.get().await?;
    let id = match remote_accounts::upsert(&mut conn, row.clone(), now).await? {
        Upserted::Done { id, .. } => id,
        Upserted::Gone => return Err(Error::NotFound),
        Upserted::NameTaken => {
            drop(conn);
            let id = names::settle(fed, row, before.as_ref(), &domain, now).await?;
            conn = fed.pool.get().await?;
            id
        }
    };
    remote_accounts::by_id(&mut conn, id)
        .await?
        .ok_or(Error::NotFound)
}

/// Whether an address is on this server.
pub fn is_ours(app: &App, address: &str) -> bool {
    uri::authority(address).is_some_and(|domain| {
        domain == app.config.server.domain || domain == app.config.server.handle_domain
    })
}

/// # Errors
/// `Denied` when the server of that address is suspended.
pub async fn refuse_blocked(app: &App, address: &str) -> Result<()> {
    let domain = uri::authority(address).ok_or(Error::NotFound)?;
    match host::is_suspended(app.host_flags(&domain).await?) {
        true => Err(blocked()),
        false => Ok(()),
    }
}

fn blocked() -> Error {
    Error::denied("This server does not talk to that one.")
}

/// Where an actor says it went, when the other says it is the same person.
async fn moved_to(app: &App, conn: &mut Conn, actor: &read::Actor) -> Result<Option<Id>> {
    let Some(target) = &actor.moved_to else {
        return Ok(None);
    };
    let target = find(app, conn, target).await?;
    Ok(target
        .filter(|target| target.also_known_as.contains(&actor.id))
        .map(|target| target.id))
}

fn row(
    actor: read::Actor,
    host: Id,
    handle_domain: String,
    moved_to: Option<Id>,
    now: chrono::DateTime<chrono::Utc>,
) -> RemoteAccount {
    let fields: Vec<Field> = actor
        .fields
        .into_iter()
        .map(|(name, value)| Field {
            name,
            value,
            verified_at: None,
        })
        .collect();
    RemoteAccount {
        host,
        uri_hash: uri::hash(&actor.id),
        uri: actor.id,
        handle_domain,
        username: actor.username,
        display_name: actor.display_name,
        note_html: actor.note_html,
        fields: fields_to_json(&fields),
        emojis: actor.emojis,
        kind: actor.kind,
        url: actor.url,
        locked: actor.locked,
        discoverable: actor.discoverable,
        indexable: actor.indexable,
        avatar: actor.avatar,
        header: actor.header,
        also_known_as: actor.also_known_as,
        moved_to,
        sanitiser_version: sanitise::VERSION,
        created_at: actor.published.filter(|at| *at <= now).unwrap_or(now),
        endpoints: Endpoints {
            inbox: actor.inbox,
            shared_inbox: actor.shared_inbox,
            outbox: actor.outbox,
            followers: actor.followers,
            following: actor.following,
            featured: actor.featured,
        },
        key: actor.key.map(|key| (key.id, key.pem)),
    }
}

/// What a failed fetch means for the work that needed it: that which may pass is worth
/// another try of the whole work (`TooMany`), all else is not.
pub(super) fn unavailable(app: &App, error: FetchError) -> Error {
    match error {
        FetchError::Budget => Error::invalid(error.to_string()),
        error if error.may_pass() => Error::TooMany {
            message: error.to_string().into(),
            retry_at: app.clock.now() + RETRY,
        },
        error => error.into(),
    }
}

pub(super) fn unreadable(why: Unreadable) -> Error {
    Error::invalid(why.0)
}
