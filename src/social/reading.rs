//! One status and what stands around it: thread, who favourited and boosted it, its source
//! and its earlier versions.

use std::collections::HashMap;

use crate::app::App;
use crate::domain::{Error, Id, Page, Result};
use crate::social::page::{self, AccountItem, Item, Renderer};
use crate::store::context::Reply;
use crate::store::timelines::MarkedBy;
use crate::store::{self, Conn};

/// How much of a thread is given.
#[derive(Debug, Clone, Copy)]
struct Limits {
    ancestors: i32,
    descendants: i64,
    depth: i32,
}

/// To strangers.
const FOR_STRANGERS: Limits = Limits {
    ancestors: 40,
    descendants: 60,
    depth: 20,
};
/// To members.
const FOR_MEMBERS: Limits = Limits {
    ancestors: 4096,
    descendants: 4096,
    depth: 4096,
};

/// A status.
///
/// # Errors
/// `NotFound` when it is not there for the viewer.
pub async fn status(
    app: &App,
    id: Id,
    viewer: Option<Id>,
    renderer: &impl Renderer,
) -> Result<Item> {
    let mut conn = app.pool.get().await?;
    page::one(app, &mut conn, id, viewer, renderer).await
}

/// Those of `ids` that are there for the viewer, in their order.
pub async fn statuses(
    app: &App,
    ids: Vec<Id>,
    viewer: Option<Id>,
    renderer: &impl Renderer,
) -> Result<Vec<Item>> {
    let mut conn = app.pool.get().await?;
    let rows = page::rows(app, &mut conn, ids, viewer, false).await?;
    page::assemble(app, &conn, rows, renderer).await
}

/// The thread around a status (quirk 97): what it answers, the first one first; the replies,
/// depth first, an author's answers to themself before others'. Hidden ones are left out.
///
/// # Errors
/// `NotFound` when the status is not there for the viewer.
pub async fn context(
    app: &App,
    id: Id,
    viewer: Option<Id>,
    renderer: &impl Renderer,
) -> Result<(Vec<Item>, Vec<Item>)> {
    let mut conn = app.pool.get().await?;
    let (up, down) = around(app, &mut conn, id, viewer).await?;
    let above = page::rows(app, &mut conn, up, viewer, true).await?;
    let below = page::rows(app, &mut conn, down, viewer, true).await?;
    let ancestors = page::assemble(app, &conn, above, renderer).await?;
    let descendants = page::assemble(app, &conn, below, renderer).await?;
    Ok((ancestors, descendants))
}

/// The ids of a thread: what a status answers, the first one first; the replies in reading
/// order.
///
/// # Errors
/// `NotFound` when the status is not there for the viewer.
pub(super) async fn around(
    app: &App,
    conn: &mut Conn,
    id: Id,
    viewer: Option<Id>,
) -> Result<(Vec<Id>, Vec<Id>)> {
    let author = must_see(app, conn, id, viewer).await?;
    let limits = if viewer.is_some() {
        FOR_MEMBERS
    } else {
        FOR_STRANGERS
    };
    let up = store::context::ancestors(conn, id, limits.ancestors).await?;
    let replies =
        store::context::descendants(conn, id, viewer, limits.depth, limits.descendants).await?;
    Ok((up, depth_first(id, author, &replies)))
}

/// The replies in reading order.
fn depth_first(root: Id, author: Id, replies: &[Reply]) -> Vec<Id> {
    let mut authors: HashMap<Id, Id> = replies
        .iter()
        .map(|(id, _, author)| (*id, *author))
        .collect();
    authors.insert(root, author);
    let mut children: HashMap<Id, Vec<(bool, Id)>> = HashMap::new();
    for (id, parent, author) in replies {
        let to_others = authors.get(parent) != Some(author);
        children.entry(*parent).or_default().push((to_others, *id));
    }
    for list in children.values_mut() {
        list.sort_unstable();
    }
    let mut ordered = Vec::with_capacity(replies.len());
    let mut open: Vec<Id> = vec![root];
    while let Some(id) = open.pop() {
        if id != root {
            ordered.push(id);
        }
        if let Some(list) = children.remove(&id) {
            open.extend(list.into_iter().rev().map(|(_, child)| child));
        }
    }
    ordered
}

/// Gives the author.
async fn must_see(app: &App, conn: &mut Conn, id: Id, viewer: Option<Id>) -> Result<Id> {
    let rows = page::rows(app, conn, vec![id], viewer, false).await?;
    rows.first().map(|row| row.author.id).ok_or(Error::NotFound)
}

/// Who favourited or boosted a status, the last one first; with the hidden rows' ids.
///
/// # Errors
/// `NotFound` when the status is not there for the viewer.
pub async fn marked_by(
    app: &App,
    id: Id,
    by: MarkedBy,
    viewer: Option<Id>,
    page: &Page,
    renderer: &impl Renderer,
) -> Result<(Vec<AccountItem>, Vec<Id>)> {
    let mut conn = app.pool.get().await?;
    must_see(app, &mut conn, id, viewer).await?;
    let marked = store::timelines::marked(&mut conn, by, id, page).await?;
    let (cursors, accounts) = marked.into_iter().unzip::<Id, Id, Vec<Id>, Vec<Id>>();
    let accounts = store::timelines::listable(&mut conn, accounts, viewer).await?;
    let facts = store::accounts_shown::facts(&mut *conn, accounts).await?;
    Ok((page::accounts(app, &conn, facts, renderer).await?, cursors))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_come_depth_first_and_own_ones_first() {
        // 1 (by 8) ─┬─ 2 (by 7) ─┬─ 4 (by 8)
        //           │            └─ 5 (by 7, to itself)
        //           └─ 3 (by 8) ─── 6 (by 9)
        let replies = [(2, 1, 7), (3, 1, 8), (4, 2, 8), (5, 2, 7), (6, 3, 9)];
        assert_eq!(depth_first(1, 8, &replies), vec![3, 6, 2, 5, 4]);
        assert_eq!(depth_first(1, 8, &[]), Vec::<Id>::new());
    }

    #[test]
    fn an_endless_thread_ends() {
        let replies: Vec<Reply> = (2..5000).map(|id| (id, id - 1, 7)).collect();
        assert_eq!(depth_first(1, 8, &replies).len(), 4998);
    }
}
