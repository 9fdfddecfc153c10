//! The request box: who would like to tell the member something, and is waited with.

use crate::app::App;
use crate::cache::fragments::{Key, Of};
pub use crate::domain::notification_policy::{NotificationPolicy, Verdict};
use crate::domain::{Error, Id, Page, Result};
use crate::gate::Member;
use crate::social::page::{self, Item, Renderer};
use crate::store;
use crate::store::Conn;
pub use crate::store::notification_requests::RequestRow;

/// Requests that are answered at once.
pub const MOST: usize = 100;

/// One sender whose notifications wait.
#[derive(Debug, Clone)]
pub struct RequestItem {
    /// How many, since when.
    pub row: RequestRow,
    /// The fragment of who it is.
    pub account: bytes::Bytes,
    /// The newest status of theirs that is waited with, where the member may see it.
    pub last_status: Option<Item>,
}

/// How much waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waiting {
    /// Senders.
    pub requests: i64,
    /// Their notifications, 2,000 at the most.
    pub notifications: i64,
}

/// A page of the box, newest first, with the cursors that were read.
pub async fn list(
    app: &App,
    who: &Member,
    page: &Page,
    renderer: &impl Renderer,
) -> Result<(Vec<RequestItem>, Vec<Id>)> {
    let mut conn = app.pool.get().await?;
    let (own, now) = (who.account_id(), app.clock.now());
    let rows = store::notification_requests::list(&mut conn, own, page, now).await?;
    let cursors = rows.iter().map(|row| row.id).collect();
    Ok((
        assemble(app, &mut conn, rows, own, renderer).await?,
        cursors,
    ))
}

/// One of the member's own.
///
/// # Errors
/// `NotFound`.
pub async fn find(
    app: &App,
    who: &Member,
    id: Id,
    renderer: &impl Renderer,
) -> Result<RequestItem> {
    let mut conn = app.pool.get().await?;
    let own = who.account_id();
    let row = store::notification_requests::find(&mut conn, own, id, app.clock.now())
        .await?
        .ok_or(Error::NotFound)?;
    assemble(app, &mut conn, vec![row], own, renderer)
        .await?
        .pop()
        .ok_or(Error::NotFound)
}

async fn assemble(
    app: &App,
    conn: &mut Conn,
    rows: Vec<RequestRow>,
    viewer: Id,
    renderer: &impl Renderer,
) -> Result<Vec<RequestItem>> {
    let statuses = rows.iter().filter_map(|row| row.last_status).collect();
    let statuses = page::rows(app, conn, statuses, Some(viewer), false).await?;
    let statuses = page::assemble(app, conn, statuses, renderer).await?;
    let keys: Vec<Key> = rows
        .iter()
        .map(|row| Key::account(row.from.id, row.from.version))
        .collect();
    let accounts = page::fragments(app, conn, &keys, renderer).await?;
    let one = |row: RequestRow| {
        let status = statuses
            .iter()
            .find(|item| Some(item.row.id) == row.last_status);
        Some(RequestItem {
            account: accounts.get(&(Of::Account, row.from.id)).cloned()?,
            last_status: status.cloned(),
            row,
        })
    };
    Ok(rows.into_iter().filter_map(one).collect())
}

/// Lets these senders in, now and from now on.
///
/// # Errors
/// `NotFound` where none of them is the member's; `Invalid` for more than [`MOST`].
pub async fn accept(app: &App, who: &Member, ids: Vec<Id>) -> Result<()> {
    bounded(&ids)?;
    let mut conn = app.pool.get().await?;
    let (own, now) = (who.account_id(), app.clock.now());
    match store::notification_requests::accept(&mut conn, own, ids, now).await? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}

/// Takes these requests away with what waits. Nobody is told, and they may ask again.
///
/// # Errors
/// As [`accept`].
pub async fn dismiss(app: &App, who: &Member, ids: Vec<Id>) -> Result<()> {
    bounded(&ids)?;
    let mut conn = app.pool.get().await?;
    match store::notification_requests::dismiss(&mut conn, who.account_id(), ids).await? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}

fn bounded(ids: &[Id]) -> Result<()> {
    match ids.len() <= MOST {
        true => Ok(()),
        false => Err(Error::invalid(format!(
            "At most {MOST} requests can be answered at once."
        ))),
    }
}

/// What the member does with notifications, and how much waits because of it.
pub async fn policy(app: &App, who: &Member) -> Result<(NotificationPolicy, Waiting)> {
    let mut conn = app.pool.get().await?;
    let own = who.account_id();
    let policy = store::notification_requests::policy(&mut conn, own).await?;
    Ok((policy, count(app, &mut conn, own).await?))
}

/// How much waits.
pub async fn waiting(app: &App, who: &Member) -> Result<Waiting> {
    let mut conn = app.pool.get().await?;
    count(app, &mut conn, who.account_id()).await
}

async fn count(app: &App, conn: &mut Conn, account: Id) -> Result<Waiting> {
    let now = app.clock.now();
    let (requests, notifications) =
        store::notification_requests::waiting(conn, account, now).await?;
    Ok(Waiting {
        requests,
        notifications,
    })
}

/// Changes it; `change` gets what holds now. What waits goes on waiting.
pub async fn set_policy(
    app: &App,
    who: &Member,
    change: impl FnOnce(&mut NotificationPolicy),
) -> Result<(NotificationPolicy, Waiting)> {
    let mut conn = app.pool.get().await?;
    let own = who.account_id();
    let mut policy = store::notification_requests::policy(&mut conn, own).await?;
    change(&mut policy);
    store::notification_requests::set_policy(&mut conn, own, policy).await?;
    Ok((policy, count(app, &mut conn, own).await?))
}
