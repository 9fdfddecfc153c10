//! Followers, followed, requests, blocks, mutes: pages of accounts whose cursor is the id of
//! the row between the two (quirk 37).

use chrono::{DateTime, Utc};

use crate::app::App;
use crate::domain::{Error, Id, Page, Result};
use crate::gate::Member;
use crate::social::page::{self, AccountItem, Renderer};
use crate::store;
pub use crate::store::follows::List;

/// Accounts that [`familiar`] is asked about at once.
pub const MOST_FAMILIAR: usize = 40;
/// Followers that it names for each.
const NAMED: i32 = 40;

/// A page of accounts.
#[derive(Debug, Clone, Default)]
pub struct Accounts {
    /// Newest first.
    pub items: Vec<AccountItem>,
    /// The ids of the follows (blocks, mutes), newest first.
    pub cursors: Vec<Id>,
}

/// Followers of an account, or whom it follows. Where the account hides them, only it sees
/// them. Who looks does not meet those they block or mute.
///
/// # Errors
/// `NotFound`.
pub async fn public(
    app: &App,
    viewer: Option<Id>,
    account: Id,
    list: List,
    page: &Page,
    renderer: &impl Renderer,
) -> Result<Accounts> {
    let mut conn = app.pool.get().await?;
    let owner = store::profiles::find(&mut conn, account)
        .await?
        .ok_or(Error::NotFound)?;
    let is_own = viewer == Some(account);
    if (owner.hide_collections && !is_own) || owner.is_suspended() {
        return Ok(Accounts::default());
    }
    let viewer = viewer.filter(|_| !is_own);
    load(app, &mut conn, list, account, viewer, page, renderer).await
}

/// Those who ask to follow the member.
pub async fn requests(
    app: &App,
    who: &Member,
    page: &Page,
    renderer: &impl Renderer,
) -> Result<Accounts> {
    let mut conn = app.pool.get().await?;
    let account = who.account_id();
    load(
        app,
        &mut conn,
        List::Requests,
        account,
        None,
        page,
        renderer,
    )
    .await
}

/// Those whom the member blocks.
pub async fn blocks(
    app: &App,
    who: &Member,
    page: &Page,
    renderer: &impl Renderer,
) -> Result<Accounts> {
    let mut conn = app.pool.get().await?;
    let rows = store::blocks::list(&mut conn, who.account_id(), page).await?;
    shown(app, &mut conn, rows, renderer).await
}

/// Those whom the member mutes, each with the end of the mute.
pub async fn mutes(
    app: &App,
    who: &Member,
    page: &Page,
    renderer: &impl Renderer,
) -> Result<(Accounts, Vec<Option<DateTime<Utc>>>)> {
    let mut conn = app.pool.get().await?;
    let muted = store::mutes::list(&mut conn, who.account_id(), page, app.clock.now()).await?;
    let rows = muted.iter().map(|m| (m.id, m.account)).collect();
    let accounts = shown(app, &mut conn, rows, renderer).await?;
    let end = |item: &AccountItem| {
        muted
            .iter()
            .find(|m| m.account == item.id)
            .and_then(|m| m.until)
    };
    let ends = accounts.items.iter().map(end).collect();
    Ok((accounts, ends))
}

async fn load(
    app: &App,
    conn: &mut store::Conn,
    list: List,
    account: Id,
    viewer: Option<Id>,
    page: &Page,
    renderer: &impl Renderer,
) -> Result<Accounts> {
    let now = app.clock.now();
    let rows = store::follows::list(conn, list, account, viewer, page, now).await?;
    shown(app, conn, rows, renderer).await
}

async fn shown(
    app: &App,
    conn: &mut store::Conn,
    rows: Vec<(Id, Id)>,
    renderer: &impl Renderer,
) -> Result<Accounts> {
    let (cursors, ids): (Vec<Id>, Vec<Id>) = rows.into_iter().unzip();
    let facts = store::accounts_shown::facts(conn, ids).await?;
    let items = page::accounts(app, conn, facts, renderer).await?;
    Ok(Accounts { items, cursors })
}

/// For each of `targets`, in that order: those of its followers whom the member follows.
pub async fn familiar(
    app: &App,
    who: &Member,
    mut targets: Vec<Id>,
    renderer: &impl Renderer,
) -> Result<Vec<(Id, Vec<AccountItem>)>> {
    targets.truncate(MOST_FAMILIAR);
    let mut conn = app.pool.get().await?;
    let viewer = who.account_id();
    let pairs = store::follows::familiar(&mut conn, viewer, targets.clone(), NAMED).await?;
    let mut ids: Vec<Id> = pairs.iter().map(|(_, follower)| *follower).collect();
    ids.sort_unstable();
    ids.dedup();
    let facts = store::accounts_shown::facts(&mut conn, ids).await?;
    let items = page::accounts(app, &conn, facts, renderer).await?;
    let of = |target: Id| {
        pairs
            .iter()
            .filter(|(asked, _)| *asked == target)
            .filter_map(|(_, follower)| items.iter().find(|item| item.id == *follower))
            .cloned()
            .collect()
    };
    Ok(targets
        .into_iter()
        .map(|target| (target, of(target)))
        .collect())
}
