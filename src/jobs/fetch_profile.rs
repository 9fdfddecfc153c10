//! What an account of another server posted and boosted last and pinned, and how many it follows
//! and is followed by.

use chrono::TimeDelta;
use serde_json::Value;

use super::fetch_pins;
use crate::activitypub::collections::{self, Entry};
use crate::activitypub::notes::{self, Arrival};
use crate::activitypub::read::{Announce, value};
use crate::activitypub::{actors, handles, uri};
use crate::app::federation::Federation;
use crate::domain::{Id, Result};
use crate::model::account::Account;
use crate::social::statuses::receive_deeds::{self, Boost};
use crate::store;
use crate::store::backfill::Totals;
use crate::store::remote_accounts;

/// Posts that one look brings.
const POSTS: usize = 20;
/// Boosts among them that are looked at: each may be a question to yet another server.
const BOOSTS: usize = 10;
/// A profile that was read longer ago is read again.
const STALE: TimeDelta = TimeDelta::hours(1);

/// Fetches it. An account of ours is here already.
///
/// # Errors
/// When the database cannot be asked or the account cannot be had any more.
pub async fn fetch(fed: &Federation, account: Id) -> Result<()> {
    let mut conn = fed.pool.get().await?;
    let found = remote_accounts::by_id(&mut conn, account).await?;
    drop(conn);
    let Some(account) = found.filter(|a| !a.is_local() && !a.is_suspended()) else {
        return Ok(());
    };
    let Some(actor) = account.uri.clone() else {
        return Ok(());
    };
    if !fed.may_ask(&actor) {
        return Ok(());
    }
    let is_stale = account
        .fetched_at
        .is_none_or(|at| fed.clock.now() - at > STALE);
    let account = match is_stale {
        true => actors::refresh(fed, &account).await?,
        false => account,
    };
    let account = handles::refresh(fed, account).await?;
    let (totals, entries, featured) = ask(fed, &account, &actor).await?;
    let mut conn = fed.pool.get().await?;
    store::backfill::set_account_totals(&mut conn, account.id, totals).await?;
    drop(conn);

    // The oldest first, so that what answers another of them finds it.
    for object in entries.iter().rev().filter_map(said) {
        if let Err(error) = keep(fed, object, &account, &actor).await {
            tracing::debug!(%actor, ?error, "a post could not be had");
        }
    }
    for boost in entries.iter().filter(|entry| is_boost(entry)).take(BOOSTS) {
        if let Err(error) = keep_boost(fed, boost, &account, &actor).await {
            tracing::debug!(%actor, ?error, "a boost could not be had");
        }
    }
    match (featured, uri::authority(&actor)) {
        (Some(address), Some(server)) if fed.may_ask(&address) => {
            fetch_pins::fetch(fed, &account, &actor, &address, &server).await
        }
        _ => Ok(()),
    }
}

/// Totals, the newest entries of the outbox, and where its pins are. What cannot be had is left
/// out.
async fn ask(
    fed: &Federation,
    account: &Account,
    actor: &str,
) -> Result<(Totals, Vec<Value>, Option<String>)> {
    let mut conn = fed.pool.get().await?;
    let endpoints = remote_accounts::endpoints(&mut conn, account.id).await?;
    drop(conn);
    let (Some(endpoints), Some(server)) = (endpoints, uri::authority(actor)) else {
        return Ok(Default::default());
    };
    let read = async |address: Option<String>, wanted: usize| {
        let Some(address) = address.filter(|address| fed.may_ask(address)) else {
            return Default::default();
        };
        match collections::read(fed, &address, &server, wanted, sort).await {
            Ok(listed) => listed,
            Err(error) => {
                tracing::debug!(%address, %error, "a collection could not be had");
                Default::default()
            }
        }
    };
    let outbox = read(endpoints.outbox, POSTS).await;
    let totals = Totals {
        posts: outbox.total,
        following: read(endpoints.following, 0).await.total,
        followers: read(endpoints.followers, 0).await.total,
    };
    Ok((totals, outbox.entries, endpoints.featured))
}

fn sort(entry: &Value) -> Entry {
    match said(entry) {
        Some(_) => Entry::Counts,
        None if is_boost(entry) => Entry::Beside,
        None => Entry::Nothing,
    }
}

fn is_boost(entry: &Value) -> bool {
    value::kind(entry) == Some("Announce")
}

/// The post behind an entry of an outbox: what a `Create` made, or the post itself. Boosts
/// and deeds are none.
pub(super) fn said(entry: &Value) -> Option<&Value> {
    match value::kind(entry) {
        Some("Create") => entry.get("object"),
        Some(kind) => crate::activitypub::read::note::kind(kind).map(|_| entry),
        None => entry.is_string().then_some(entry),
    }
}

/// Keeps a post of the account's own that is not known yet: put in whole, or by its address.
pub(super) async fn keep(
    fed: &Federation,
    object: &Value,
    author: &Account,
    actor: &str,
) -> Result<()> {
    let Some(address) = value::id_of(object) else {
        return Ok(());
    };
    let mut conn = fed.pool.get().await?;
    let known = notes::find(fed, &mut conn, &address).await?.is_some();
    drop(conn);
    if known || actors::is_ours(fed, &address) {
        return Ok(());
    }
    if !object.is_object() && !fed.may_ask(&address) {
        return Ok(());
    }
    let note = notes::believe_or_fetch(fed, object, actor).await?;
    if note.attributed_to == actor {
        notes::keep(fed, note, author, Arrival::Fetched).await?;
    }
    Ok(())
}

/// Keeps a boost of the account's own, and what it boosts, from its own server.
async fn keep_boost(fed: &Federation, entry: &Value, booster: &Account, actor: &str) -> Result<()> {
    let (Some(address), Some(says)) = (value::id_of(entry), Announce::read(entry)) else {
        return Ok(());
    };
    let is_theirs =
        value::id(entry, "actor").as_deref() == Some(actor) && uri::same_authority(&address, actor);
    // Nobody meant us to have what is not for everybody.
    if !is_theirs || !says.is_open {
        return Ok(());
    }
    let mut conn = fed.pool.get().await?;
    let known = notes::find(fed, &mut conn, &says.object).await?.is_some();
    drop(conn);
    if !known && !fed.may_ask(&says.object) {
        return Ok(());
    }
    let boost = Boost {
        address,
        says,
        arrival: Arrival::Fetched,
    };
    receive_deeds::boost(fed, booster, boost).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn posts_are_found_among_the_entries_of_an_outbox() {
        let note = json!({ "id": "https://a.example/1", "type": "Note" });
        assert_eq!(
            said(&json!({ "type": "Create", "object": note })),
            Some(&note)
        );
        assert_eq!(said(&note), Some(&note));
        assert!(said(&json!("https://a.example/1")).is_some());
        for other in [
            json!({ "type": "Announce", "object": "https://b.example/1" }),
            json!({ "type": "Like", "object": "https://b.example/1" }),
            json!({ "type": "Person" }),
            json!(7),
        ] {
            assert_eq!(said(&other), None, "{other}");
        }
    }
}
