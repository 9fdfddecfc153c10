//! The thread around a status of another server: what it answers, what answers it, and how
//! often it was boosted and favourited at home.
//!
//! Replies are taken from the collections that their parents' servers keep, each from its own
//! server, and only where it says itself that it answers that parent.

use std::collections::VecDeque;

use crate::activitypub::collections::{self, Entry};
use crate::activitypub::notes::{self, Arrival};
use crate::activitypub::read::value;
use crate::activitypub::{actors, uri};
use crate::app::federation::Federation;
use crate::app::wishes::Around;
use crate::domain::{Id, Result};
use crate::store;

/// Replies that one look brings.
const MAX_REPLIES: usize = 40;
/// Steps down from the status.
const MAX_DEPTH: usize = 3;
/// Entries of one collection of replies.
const MAX_ENTRIES: usize = 60;

/// Fetches it. A status of ours has its thread here already.
///
/// # Errors
/// When the database cannot be asked or the status cannot be had any more.
pub async fn fetch(fed: &Federation, status: Id) -> Result<()> {
    let mut conn = fed.pool.get().await?;
    let Some((id, address)) = store::backfill::status_address(&mut conn, status).await? else {
        return Ok(());
    };
    drop(conn);
    let top = match fed.wishes.around(id) {
        Some(around) => around,
        None if !fed.may_ask(&address) => return Ok(()),
        None => ask(fed, id, &address).await?,
    };
    if let Some(parent) = &top.in_reply_to
        && fed.may_ask(parent)
        && let Err(error) = notes::find_or_fetch(fed, parent).await
    {
        tracing::debug!(%parent, ?error, "what a post answers could not be had");
    }
    let mut left = MAX_REPLIES;
    let mut open = VecDeque::from([(top, 0)]);
    while let Some((parent, depth)) = open.pop_front() {
        if left == 0 || fed.budget_left() == 0 {
            break;
        }
        for reply in replies(fed, &parent, &mut left).await? {
            if depth + 1 < MAX_DEPTH {
                open.push_back((reply, depth + 1));
            }
        }
    }
    Ok(())
}

/// Asks for the post itself: its totals, and where its thread is.
async fn ask(fed: &Federation, status: Id, address: &str) -> Result<Around> {
    let note = notes::fetch(fed, address).await?;
    let mut conn = fed.pool.get().await?;
    let (boosts, favourites) = (note.totals.boosts, note.totals.favourites);
    store::backfill::set_status_totals(&mut conn, status, boosts, favourites).await?;
    Ok(notes::around(&note))
}

/// Fetches the replies to one post that are not known yet; gives those that were kept.
async fn replies(fed: &Federation, parent: &Around, left: &mut usize) -> Result<Vec<Around>> {
    let server = uri::authority(&parent.address);
    let (Some(collection), Some(server)) = (&parent.replies, server) else {
        return Ok(Vec::new());
    };
    if !fed.may_ask(collection) {
        return Ok(Vec::new());
    }
    let listed =
        match collections::read(fed, collection, &server, MAX_ENTRIES, |_| Entry::Counts).await {
            Ok(listed) => listed,
            Err(error) => {
                tracing::debug!(%collection, %error, "replies could not be had");
                return Ok(Vec::new());
            }
        };
    let mut kept = Vec::new();
    for entry in &listed.entries {
        let Some(address) = value::id_of(entry) else {
            continue;
        };
        let mut conn = fed.pool.get().await?;
        let known = notes::find(fed, &mut conn, &address).await?.is_some();
        drop(conn);
        if known || *left == 0 || actors::is_ours(fed, &address) || !fed.may_ask(&address) {
            continue;
        }
        *left -= 1;
        match keep(fed, &address, parent).await {
            Ok(Some(around)) => kept.push(around),
            Ok(None) => {}
            Err(error) => tracing::debug!(%address, ?error, "a reply could not be had"),
        }
    }
    Ok(kept)
}

async fn keep(fed: &Federation, address: &str, parent: &Around) -> Result<Option<Around>> {
    let note = notes::fetch(fed, address).await?;
    if note.in_reply_to.as_deref() != Some(parent.address.as_str()) {
        return Ok(None);
    }
    let author = actors::find_or_fetch(fed, &note.attributed_to).await?;
    if author.is_suspended() {
        return Ok(None);
    }
    let around = notes::around(&note);
    let kept = notes::keep(fed, note, &author, Arrival::Fetched).await?;
    Ok(kept.map(|_| around))
}
