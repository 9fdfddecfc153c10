//! Actors by handle: known here, or asked for.

use super::actors;
use super::webfinger::{self, Handle};
use crate::app::federation::{Federation, FetchError};
use crate::domain::{Error, Result};
use crate::model::account::Account;
use crate::store::{backfill, remote_accounts};

/// The account of a handle elsewhere; one that is not known is asked for and kept.
///
/// # Errors
/// `NotFound` where nobody is called so; else as [`actors::find_or_fetch`].
pub async fn find_or_fetch(fed: &Federation, handle: &Handle) -> Result<Account> {
    let mut conn = fed.pool.get().await?;
    let known = remote_accounts::by_handle(&mut conn, &handle.name, &handle.domain).await?;
    drop(conn);
    if let Some(account) = known {
        return Ok(account);
    }
    actors::refuse_blocked(fed, &format!("https://{}/", handle.domain)).await?;
    let found = webfinger::find(fed, handle)
        .await
        .map_err(|error| match error {
            FetchError::Nonsense(_) | FetchError::Denied(_) => Error::NotFound,
            error => actors::unavailable(fed, error),
        })?;
    let account = actors::find_or_fetch(fed, &found.actor).await?;
    match found.shown {
        Some(shown) => show_as(fed, account, &shown).await,
        None => Ok(account),
    }
}

/// Asks an actor's server which handle it is shown under, and keeps it.
///
/// # Errors
/// `Broken` where the database cannot be asked. A server that does not answer changes nothing.
pub async fn refresh(fed: &Federation, account: Account) -> Result<Account> {
    let Some(actor) = account.uri.clone().filter(|_| !account.is_local()) else {
        return Ok(account);
    };
    match webfinger::shown_handle(fed, &actor, &account.username).await {
        Ok(Some(shown)) => show_as(fed, account, &shown).await,
        _ => Ok(account),
    }
}

/// A handle whose name is not the actor's own is not taken.
async fn show_as(fed: &Federation, account: Account, shown: &Handle) -> Result<Account> {
    let known = account.handle_domain.as_deref() == Some(shown.domain.as_str());
    if known || !account.username.eq_ignore_ascii_case(&shown.name) {
        return Ok(account);
    }
    let mut conn = fed.pool.get().await?;
    backfill::set_handle_domain(&mut conn, account.id, &shown.domain).await?;
    // A policy for that domain may hold for it from now on.
    let account = remote_accounts::by_id(&mut conn, account.id).await?;
    account.ok_or(Error::NotFound)
}
