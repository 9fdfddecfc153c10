//! What an account of another server pinned: its `featured` collection, read when its profile
//! is opened. `Add` and `Remove` tell of changes in between, where its server sends them.

use serde_json::Value;

use super::fetch_profile;
use crate::activitypub::collections::{self, Entry};
use crate::activitypub::notes;
use crate::activitypub::read::value;
use crate::app::federation::Federation;
use crate::domain::{Id, Result};
use crate::model::account::Account;
use crate::store::remote_deeds;

/// Pins that are kept of an account elsewhere.
const MOST: usize = 10;

/// Reads the collection at `address`, on the account's own `server`, and pins what is in it, in
/// its order. What is no longer in it is unpinned, if all that is in it could be had.
///
/// # Errors
/// When the database cannot be asked. A server that does not answer changes nothing.
pub(super) async fn fetch(
    fed: &Federation,
    account: &Account,
    actor: &str,
    address: &str,
    server: &str,
) -> Result<()> {
    let listed = match collections::read(fed, address, server, MOST, sort).await {
        Ok(listed) => listed,
        Err(error) => {
            tracing::debug!(%address, %error, "what is pinned could not be had");
            return Ok(());
        }
    };
    let (mut pinned, mut all_here) = (Vec::new(), true);
    for entry in &listed.entries {
        match find_or_keep(fed, entry, account, actor).await? {
            Some(status) => pinned.push(status),
            None => all_here = false,
        }
    }
    let mut conn = fed.pool.get().await?;
    let now = fed.clock.now();
    remote_deeds::set_pins(&mut conn, account.id, pinned, all_here, now).await
}

fn sort(entry: &Value) -> Entry {
    // Hashtags may be featured too.
    match fetch_profile::said(entry) {
        Some(_) => Entry::Counts,
        None => Entry::Nothing,
    }
}

/// The account's own post behind an entry, kept if it was not known.
async fn find_or_keep(
    fed: &Federation,
    entry: &Value,
    account: &Account,
    actor: &str,
) -> Result<Option<Id>> {
    // As it is, or in its Create, as snac writes it.
    let Some(object) = fetch_profile::said(entry) else {
        return Ok(None);
    };
    let Some(address) = value::id_of(object) else {
        return Ok(None);
    };
    if let Err(error) = fetch_profile::keep(fed, object, account, actor).await {
        tracing::debug!(%address, ?error, "a pinned post could not be had");
    }
    let mut conn = fed.pool.get().await?;
    let found = notes::find(fed, &mut conn, &address).await?;
    Ok(found
        .filter(|found| found.account == account.id)
        .map(|found| found.id))
}
