//! An account's page.

use super::{Listed, load};
use crate::app::App;
use crate::domain::{Error, Id, Page, Result};
use crate::model::account::Account;
use crate::social::accounts::read;
use crate::social::accounts::relationships::Relationship;
use crate::social::page::{AccountCounters, Shown};
use crate::store;
use crate::store::timelines::Of;

/// Posts that a profile keeps on top.
const PINS: i64 = 5;

/// What of an account is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// Posts and boosts.
    Posts,
    /// The same with replies to others.
    Replies,
    /// Its own posts with pictures.
    Media,
}

/// An account with what it posted.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Who.
    pub account: Account,
    /// Beside it.
    pub counters: AccountCounters,
    /// How the viewer stands to it; `None` for strangers and the account itself.
    pub relation: Option<Relationship>,
    /// What it keeps on top; on the first page of posts alone.
    pub pinned: Vec<Shown>,
    /// One page.
    pub listed: Listed,
}

/// The page of a handle: `ann`, or `bob@elsewhere.example`.
///
/// # Errors
/// `NotFound`, the same for suspended accounts, for applicants and for names that never were.
pub async fn profile(
    app: &App,
    viewer: Option<Id>,
    handle: &str,
    tab: Tab,
    page: &Page,
) -> Result<Profile> {
    let id = read::id_of(app, handle).await?.ok_or(Error::NotFound)?;
    let mut conn = app.pool.get().await?;
    let account = store::profiles::find(&mut conn, id)
        .await?
        .filter(|account| !account.is_suspended())
        .ok_or(Error::NotFound)?;
    let facts = store::accounts_shown::facts(&mut conn, vec![id])
        .await?
        .pop()
        .ok_or(Error::NotFound)?;
    let relation = match viewer.filter(|viewer| *viewer != id) {
        Some(viewer) => {
            let now = app.clock.now();
            store::relationships::list(&mut conn, viewer, vec![id], now)
                .await?
                .pop()
        }
        None => None,
    };
    let wanted = Of {
        account: id,
        exclude_replies: tab == Tab::Posts,
        exclude_reblogs: tab == Tab::Media,
        only_media: tab == Tab::Media,
        tagged: None,
    };
    let ids = store::timelines::of_account(&mut conn, wanted, viewer, page).await?;
    let is_top = tab == Tab::Posts && page.max_id.is_none() && page.above().is_none();
    let pinned = match is_top {
        true => store::timelines::pinned(&mut conn, id, PINS).await?,
        false => Vec::new(),
    };
    // One page statement for both; a pinned post is not listed twice.
    let both: Vec<Id> = pinned
        .iter()
        .chain(ids.iter().filter(|id| !pinned.contains(id)))
        .copied()
        .collect();
    let mut items = load(app, &mut conn, both, viewer, false).await?;
    let rest = items
        .iter()
        .position(|item| !pinned.contains(&item.row.id))
        .unwrap_or(items.len());
    let listed = items.split_off(rest);
    Ok(Profile {
        account,
        counters: facts.counters,
        relation,
        pinned: items,
        listed: Listed {
            cursors: ids.clone(),
            ids,
            items: listed,
        },
    })
}
