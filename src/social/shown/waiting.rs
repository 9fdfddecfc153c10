//! The request box: who would like to reach the member.

use super::{load, people};
use crate::app::App;
use crate::domain::{Id, Page, Result};
use crate::gate::Member;
use crate::model::account::Account;
use crate::social::notification_requests::RequestRow;
use crate::social::page::Shown;
use crate::store;

/// Somebody whose notifications wait.
#[derive(Debug, Clone)]
pub struct ShownRequest {
    /// How many, since when.
    pub row: RequestRow,
    /// Who.
    pub account: Account,
    /// The newest status of theirs that is waited with, where the member may see it.
    pub status: Option<Shown>,
}

/// A page of the box.
#[derive(Debug, Clone)]
pub struct WaitingPage {
    /// The ids of the requests, newest first.
    pub cursors: Vec<Id>,
    /// What may be shown of them, in that order.
    pub items: Vec<ShownRequest>,
}

/// A page of who would like to reach the member.
pub async fn waiting(app: &App, who: &Member, page: &Page) -> Result<WaitingPage> {
    let mut conn = app.pool.get().await?;
    let (own, now) = (who.account_id(), app.clock.now());
    let rows = store::notification_requests::list(&mut conn, own, page, now).await?;
    let accounts = rows.iter().map(|row| row.from.id).collect();
    let accounts = people::in_order(&mut conn, accounts).await?;
    let statuses = rows.iter().filter_map(|row| row.last_status).collect();
    let statuses = load(app, &mut conn, statuses, Some(own), false).await?;
    let cursors = rows.iter().map(|row| row.id).collect();
    let item = |row: RequestRow| {
        Some(ShownRequest {
            account: accounts.iter().find(|a| a.id == row.from.id).cloned()?,
            status: statuses
                .iter()
                .find(|status| Some(status.row.id) == row.last_status)
                .cloned(),
            row,
        })
    };
    Ok(WaitingPage {
        cursors,
        items: rows.into_iter().filter_map(item).collect(),
    })
}
