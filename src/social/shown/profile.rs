//! An account's page.

use super::Listed;
use crate::app::App;
use crate::domain::{Error, Id, Page, Result};
use crate::model::account::Account;
use crate::social::accounts::read;
use crate::social::accounts::relationships::Relationship;
use crate::social::page::{self, AccountCounters, Shown};
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
    /// Where it moved to.
    pub moved_to: Option<Account>,
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
    let name = handle.trim().trim_start_matches('@');
    if let Some(id) = app.known.named(name) {
        let found = of(app, viewer, id, tab, page).await;
        if let Ok(profile) = found
            && profile.account.is_local()
            && profile.account.username.eq_ignore_ascii_case(name)
        {
            return Ok(profile);
        }
        // It is somebody else's by now, or nobody's.
        app.known.note_name(name, None);
    }
    let id = read::id_of(app, handle).await?.ok_or(Error::NotFound)?;
    let profile = of(app, viewer, id, tab, page).await?;
    if profile.account.is_local() {
        app.known.note_name(&profile.account.username, Some(id));
    }
    Ok(profile)
}

/// Four statements for a stranger, one more for somebody who stands to it in some way.
async fn of(app: &App, viewer: Option<Id>, id: Id, tab: Tab, page: &Page) -> Result<Profile> {
    let mut conn = app.pool.get().await?;
    let wanted = Of {
        account: id,
        exclude_replies: tab == Tab::Posts,
        exclude_reblogs: tab == Tab::Media,
        only_media: tab == Tab::Media,
        tagged: None,
    };
    let is_top = tab == Tab::Posts && page.max_id.is_none() && page.above().is_none();
    let pins = if is_top { PINS } else { 0 };
    let head = store::timelines::profile_head(&mut conn, wanted, viewer, page, pins)
        .await?
        .ok_or(Error::NotFound)?;
    let (ids, pinned) = (head.ids, head.pinned);
    // One page statement for both; a pinned post is not listed twice.
    let both: Vec<Id> = pinned
        .iter()
        .chain(ids.iter().filter(|id| !pinned.contains(id)))
        .copied()
        .collect();
    let rows = page::rows(app, &mut conn, both, viewer, false).await?;
    let (mut items, account) = page::shown_with(&mut conn, rows, Some(id)).await?;
    let account = account
        .filter(|account| !account.is_suspended())
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
    let moved_to = match account.moved_to_id {
        Some(other) => store::remote_accounts::by_id(&mut conn, other)
            .await?
            .filter(|other| !other.is_suspended()),
        None => None,
    };
    let rest = items
        .iter()
        .position(|item| !pinned.contains(&item.row.id))
        .unwrap_or(items.len());
    let listed = items.split_off(rest);
    Ok(Profile {
        account,
        counters: head.counters,
        relation,
        pinned: items,
        listed: Listed {
            cursors: ids.clone(),
            ids,
            items: listed,
        },
        moved_to,
    })
}
