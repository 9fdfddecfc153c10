//! Notifications, and how far they were read.

use super::{load, people};
use crate::app::App;
use crate::domain::{Id, Page, Result};
use crate::gate::Member;
use crate::model::account::Account;
use crate::social::page::{NotificationRow, Severance, Shown};
use crate::store;
use crate::store::markers;
use crate::store::notifications::Filter;

/// One notification.
#[derive(Debug, Clone)]
pub struct ShownNotice {
    /// What happened, when.
    pub row: NotificationRow,
    /// Who did it.
    pub account: Account,
    /// What it is about, for the kinds that have one.
    pub status: Option<Shown>,
    /// What ended follows, for the kind that tells of it.
    pub severance: Option<Severance>,
}

/// A page of notifications.
#[derive(Debug, Clone)]
pub struct Notices {
    /// Their ids, newest first.
    pub cursors: Vec<Id>,
    /// What may be shown of them, in that order.
    pub items: Vec<ShownNotice>,
    /// The newest that was read; `None` for none yet.
    pub seen: Option<Id>,
}

/// A page of what the member was told.
pub async fn notices(app: &App, who: &Member, page: &Page) -> Result<Notices> {
    let mut conn = app.pool.get().await?;
    let now = app.clock.now();
    let own = who.account_id();
    let rows = store::notifications::list(&mut conn, own, &Filter::default(), page, now).await?;
    let mut accounts: Vec<Id> = rows.iter().map(|row| row.from.id).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let accounts = people::in_order(&mut conn, accounts).await?;
    let mut statuses: Vec<Id> = rows.iter().filter_map(|row| row.status_id).collect();
    statuses.sort_unstable();
    statuses.dedup();
    let statuses = load(app, &mut conn, statuses, Some(own), false).await?;
    let seen = marker(&mut conn, who, markers::NOTIFICATIONS).await?;
    let cursors = rows.iter().map(|row| row.id).collect();
    let acts: Vec<Id> = rows.iter().filter_map(|row| row.severance).collect();
    let acts = store::severances::for_member(&mut conn, own, acts).await?;
    let item = |row: NotificationRow| {
        let account = accounts.iter().find(|a| a.id == row.from.id).cloned()?;
        let status = match row.status_id {
            // What it was about is hidden from the member by now: nothing to tell.
            Some(id) => Some(statuses.iter().find(|s| s.row.id == id).cloned()?),
            None => None,
        };
        Some(ShownNotice {
            severance: row
                .severance
                .and_then(|id| acts.iter().find(|act| act.id == id).cloned()),
            row,
            account,
            status,
        })
    };
    Ok(Notices {
        cursors,
        items: rows.into_iter().filter_map(item).collect(),
        seen,
    })
}

/// Notes that the member has read up to `id`; never backwards.
pub async fn note_notices_seen(app: &App, who: &Member, id: Id) -> Result<()> {
    move_marker(app, who, markers::NOTIFICATIONS, id).await
}

/// Where the member is in a timeline.
pub(super) async fn marker(
    conn: &mut store::Conn,
    who: &Member,
    timeline: i16,
) -> Result<Option<Id>> {
    let all = markers::all(conn, who.user().id).await?;
    Ok(all
        .iter()
        .find(|m| m.timeline == timeline)
        .map(|m| m.last_read_id))
}

/// Moves it on. Somebody who moved it meanwhile wins: it is the same person, elsewhere.
pub(super) async fn move_marker(app: &App, who: &Member, timeline: i16, to: Id) -> Result<()> {
    let mut conn = app.pool.get().await?;
    let all = markers::all(&mut conn, who.user().id).await?;
    let now = all.iter().find(|m| m.timeline == timeline);
    if now.is_some_and(|m| m.last_read_id >= to) {
        return Ok(());
    }
    let version = now.map_or(0, |m| m.version);
    let at = app.clock.now();
    markers::set(&mut conn, who.user().id, timeline, to, version, at).await?;
    Ok(())
}
