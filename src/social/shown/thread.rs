//! A status in its thread.

use std::collections::HashMap;

use super::load;
use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::social::accounts::read;
use crate::social::page::Shown;
use crate::social::reading;

/// A status, what it answers, what answers it.
#[derive(Debug, Clone)]
pub struct Thread {
    /// From the root down.
    pub ancestors: Vec<Shown>,
    /// The one that was asked for.
    pub status: Shown,
    /// Each with its depth, 1 for direct replies, in reading order.
    pub descendants: Vec<(Shown, usize)>,
}

/// The thread around a status of the account behind `handle`.
///
/// # Errors
/// `NotFound`: no such status, hidden from the viewer, or by somebody else; all the same.
pub async fn thread(app: &App, viewer: Option<Id>, handle: &str, id: Id) -> Result<Thread> {
    let author = read::id_of(app, handle).await?.ok_or(Error::NotFound)?;
    let mut conn = app.pool.get().await?;
    // What is not there for the viewer costs nothing more, and is told nothing of.
    let status = load(app, &mut conn, vec![id], viewer, false)
        .await?
        .pop()
        .filter(|found| found.parts.account_id == author && found.row.boosted.is_none())
        .ok_or(Error::NotFound)?;
    let (above, below) = reading::around(app, &mut conn, id, viewer).await?;
    let ids: Vec<Id> = above.iter().chain(&below).copied().collect();
    let mut found = load(app, &mut conn, ids, viewer, true).await?;
    let split = found
        .iter()
        .position(|item| !above.contains(&item.row.id))
        .unwrap_or(found.len());
    let replies = found.split_off(split);
    Ok(Thread {
        ancestors: found,
        status,
        descendants: with_depths(id, replies),
    })
}

/// How deep each reply lies. One whose own parent is hidden counts as a direct one.
fn with_depths(root: Id, replies: Vec<Shown>) -> Vec<(Shown, usize)> {
    let mut depths: HashMap<Id, usize> = HashMap::from([(root, 0)]);
    let one = |item: Shown| {
        let parent = item.parts.in_reply_to_id;
        let depth = parent.and_then(|id| depths.get(&id)).map_or(1, |d| d + 1);
        depths.insert(item.parts.id, depth);
        (item, depth)
    };
    replies.into_iter().map(one).collect()
}
