//! What the member is told of.

use crate::app::App;
use crate::cache::fragments::{Key, Of};
use crate::domain::{Error, Id, Page, Result};
use crate::gate::Member;
use crate::social::page::{self, NotificationItem, NotificationRow, Renderer};
pub use crate::store::notifications::Filter;
use crate::store::{self, Conn};

/// What an unread count goes up to when nobody says how far.
pub const COUNT_TO: i64 = 100;
/// What an unread count never goes beyond.
pub const COUNT_AT_MOST: i64 = 1000;

/// A page, newest first, with the cursors that were read.
pub async fn list(
    app: &App,
    member: &Member,
    filter: &Filter,
    page: &Page,
    renderer: &impl Renderer,
) -> Result<(Vec<NotificationItem>, Vec<Id>)> {
    let mut conn = app.pool.get().await?;
    let account = member.account_id();
    let rows =
        store::notifications::list(&mut conn, account, filter, page, app.clock.now()).await?;
    let cursors = rows.iter().map(|row| row.id).collect();
    Ok((
        assemble(app, &mut conn, rows, account, renderer).await?,
        cursors,
    ))
}

/// One of the member's own.
///
/// # Errors
/// `NotFound`.
pub async fn find(
    app: &App,
    member: &Member,
    id: Id,
    renderer: &impl Renderer,
) -> Result<NotificationItem> {
    let mut conn = app.pool.get().await?;
    let account = member.account_id();
    let row = store::notifications::find(&mut conn, account, id, app.clock.now())
        .await?
        .ok_or(Error::NotFound)?;
    assemble(app, &mut conn, vec![row], account, renderer)
        .await?
        .pop()
        .ok_or(Error::NotFound)
}

/// Ids of what notifications are about, without doubles.
fn about(rows: &[NotificationRow]) -> Vec<Id> {
    let mut ids: Vec<Id> = rows.iter().filter_map(|row| row.status_id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// What is about a status that the member may no longer see is left out.
async fn assemble(
    app: &App,
    conn: &mut Conn,
    rows: Vec<NotificationRow>,
    viewer: Id,
    renderer: &impl Renderer,
) -> Result<Vec<NotificationItem>> {
    let statuses = page::rows(app, conn, about(&rows), Some(viewer), false).await?;
    let statuses = page::assemble(app, conn, statuses, renderer).await?;
    let keys: Vec<Key> = rows
        .iter()
        .map(|row| Key::account(row.from.id, row.from.version))
        .collect();
    let accounts = page::fragments(app, conn, &keys, renderer).await?;
    let acts: Vec<Id> = rows.iter().filter_map(|row| row.severance).collect();
    let acts = store::severances::for_member(conn, viewer, acts).await?;
    let one = |row: NotificationRow| {
        let status = match row.status_id {
            Some(id) => Some(statuses.iter().find(|item| item.row.id == id).cloned()?),
            None => None,
        };
        Some(NotificationItem {
            account: accounts.get(&(Of::Account, row.from.id)).cloned()?,
            status,
            severance: row
                .severance
                .and_then(|id| acts.iter().find(|act| act.id == id).cloned()),
            row,
        })
    };
    Ok(rows.into_iter().filter_map(one).collect())
}

/// Removes one; one that is not there is gone already.
pub async fn dismiss(app: &App, member: &Member, id: Id) -> Result<()> {
    let mut conn = app.pool.get().await?;
    store::notifications::delete(&mut conn, member.account_id(), id).await?;
    Ok(())
}

/// Removes all.
pub async fn clear(app: &App, member: &Member) -> Result<()> {
    let mut conn = app.pool.get().await?;
    store::notifications::clear(&mut conn, member.account_id()).await?;
    Ok(())
}

/// How many came after the marker, counted up to `most` (1,000 at the most).
pub async fn unread(app: &App, member: &Member, filter: &Filter, most: i64) -> Result<i64> {
    let mut conn = app.pool.get().await?;
    let most = most.clamp(1, COUNT_AT_MOST);
    store::notifications::unread(
        &mut conn,
        member.account_id(),
        filter,
        most,
        app.clock.now(),
    )
    .await
}
