//! Pages of statuses: facts from Postgres beside fragments from the cache.
//!
//! Use cases give a page as parts; the door splices them into bytes. The door also says how
//! a fragment is written ([`Renderer`]), since only it knows the shape that apps read.

use std::collections::HashMap;

use bytes::Bytes;

use crate::app::App;
use crate::cache::fragments::{Key, Of};
use crate::domain::{Error, Id, Result};
use crate::model::account::Account;
use crate::model::status_parts::StatusParts;
use crate::store;
pub use crate::store::accounts_shown::AccountFacts;
pub use crate::store::notifications::NotificationRow;
pub use crate::store::polls::Poll;
pub use crate::store::severances::Severance;
pub use crate::store::status_page::{
    AccountCounters, AuthorFacts, Bits, BoostedFacts, Counters, PageRow, Wanted,
};
pub use crate::store::visibility::{boostable, narrower};

/// How a door writes fragments. One place has one way: the cache is shared by all of it.
pub trait Renderer: Sync {
    /// A status without its account, counters and the viewer's part.
    fn status(&self, parts: &StatusParts) -> Bytes;
    /// An account without its counters; where it moved, with the other and its counters.
    fn account(&self, account: &Account, moved: Option<(&Account, &AccountCounters)>) -> Bytes;
    /// Our address of an emoji in words of that account; `None` where it has none.
    fn emoji(&self, account: Id, url: &str) -> Option<String>;
}

/// One status of a page.
#[derive(Debug, Clone)]
pub struct Item {
    /// Counters, the viewer's bits.
    pub row: PageRow,
    /// Its fragment; for a boost that of the boost itself.
    pub status: Bytes,
    /// The author's, or the booster's.
    pub account: Bytes,
    /// What is boosted, and its author.
    pub boosted: Option<(Bytes, Bytes)>,
}

/// One notification of a page.
#[derive(Debug, Clone)]
pub struct NotificationItem {
    /// What happened.
    pub row: NotificationRow,
    /// The fragment of who did it.
    pub account: Bytes,
    /// What it is about, for the kinds that have one.
    pub status: Option<Item>,
    /// What ended follows, for the kind that tells of it.
    pub severance: Option<Severance>,
}

/// A page of statuses, with the cursors for its links.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    /// Newest first; may be fewer than the cursors.
    pub items: Vec<Item>,
    /// The ids (or the hidden rows' ids) that were read, newest first, before any were left
    /// out.
    pub cursors: Vec<Id>,
}

/// An account of a page.
#[derive(Debug, Clone)]
pub struct AccountItem {
    /// Its id.
    pub id: Id,
    /// Its fragment.
    pub fragment: Bytes,
    /// Beside it.
    pub counters: AccountCounters,
}

/// The page statement for `ids`, in their order: what exists and may be seen.
pub async fn rows(
    app: &App,
    conn: &mut store::Conn,
    ids: Vec<Id>,
    viewer: Option<Id>,
    as_list: bool,
) -> Result<Vec<PageRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = Wanted {
        ids,
        viewer,
        as_list,
        at: app.clock.now(),
    };
    store::status_page::page(conn, wanted).await
}

/// Puts the fragments to the rows; those missing in the cache are loaded by one statement
/// for statuses and one for accounts. What vanished meanwhile is left out.
pub async fn assemble(
    app: &App,
    conn: &store::Conn,
    rows: Vec<PageRow>,
    renderer: &impl Renderer,
) -> Result<Vec<Item>> {
    let mut keys = Vec::with_capacity(rows.len() * 4);
    for row in &rows {
        keys.push(Key::status(row.id, row.version));
        keys.push(Key::account(row.author.id, row.author.version));
        if let Some(boosted) = &row.boosted {
            keys.push(Key::status(boosted.id, boosted.version));
            keys.push(Key::account(boosted.author.id, boosted.author.version));
        }
    }
    let found = app
        .fragments
        .all(&keys, async |missing| make(conn, missing, renderer).await)
        .await?;
    let status = |id: Id| found.get(&(Of::Status, id)).cloned();
    let account = |id: Id| found.get(&(Of::Account, id)).cloned();
    let item = |mut row: PageRow| {
        if let Some(poll) = &mut row.poll {
            address_emoji(poll, renderer);
        }
        let boosted = match &row.boosted {
            None => None,
            Some(b) => Some((status(b.id)?, account(b.author.id)?)),
        };
        Some(Item {
            status: status(row.id)?,
            account: account(row.author.id)?,
            boosted,
            row,
        })
    };
    Ok(rows.into_iter().filter_map(item).collect())
}

/// A poll is in no fragment: its emoji get their addresses here. One without any goes.
pub fn address_emoji(poll: &mut Poll, renderer: &impl Renderer) {
    let author = poll.account;
    poll.emojis
        .retain_mut(|emoji| match renderer.emoji(author, &emoji.url) {
            Some(address) => {
                emoji.url = address;
                true
            }
            None => false,
        });
}

/// The fragments of accounts beside their counters, in the order of `facts`.
pub async fn accounts(
    app: &App,
    conn: &store::Conn,
    facts: Vec<AccountFacts>,
    renderer: &impl Renderer,
) -> Result<Vec<AccountItem>> {
    let keys: Vec<Key> = facts
        .iter()
        .map(|a| Key::account(a.id, a.version))
        .collect();
    let found = app
        .fragments
        .all(&keys, async |missing| make(conn, missing, renderer).await)
        .await?;
    let item = |a: AccountFacts| {
        let fragment = found.get(&(Of::Account, a.id)).cloned()?;
        Some(AccountItem {
            id: a.id,
            fragment,
            counters: a.counters,
        })
    };
    Ok(facts.into_iter().filter_map(item).collect())
}

/// The fragments of `keys` by kind and id; those whose row is gone are missing.
pub async fn fragments(
    app: &App,
    conn: &store::Conn,
    keys: &[Key],
    renderer: &impl Renderer,
) -> Result<HashMap<(Of, Id), Bytes>> {
    app.fragments
        .all(keys, async |missing| make(conn, missing, renderer).await)
        .await
}

/// Loads and writes fragments. The statements go out together on the one connection.
async fn make(
    conn: &store::Conn,
    missing: Vec<Key>,
    renderer: &impl Renderer,
) -> Result<Vec<(Key, Bytes)>> {
    let ids = |of: Of| {
        missing
            .iter()
            .filter(|k| k.of == of)
            .map(|k| k.id)
            .collect::<Vec<Id>>()
    };
    let (mut for_statuses, mut for_accounts) = (conn, conn);
    let (statuses, accounts) = futures::try_join!(
        store::status_parts::load(&mut for_statuses, ids(Of::Status)),
        store::accounts_shown::load(&mut for_accounts, ids(Of::Account)),
    )?;
    let statuses = statuses
        .iter()
        .map(|s| (Key::status(s.id, s.version), renderer.status(s)));
    // Few have moved: two more statements for those alone.
    let others: Vec<Id> = accounts.iter().filter_map(|a| a.moved_to_id).collect();
    let rows = store::accounts_shown::load(&mut for_accounts, others.clone()).await?;
    let facts = store::accounts_shown::facts(&mut for_accounts, others).await?;
    let moved = |a: &Account| {
        let other = rows.iter().find(|o| Some(o.id) == a.moved_to_id)?;
        let beside = facts.iter().find(|f| f.id == other.id)?;
        Some((other, &beside.counters))
    };
    let accounts = accounts
        .iter()
        .map(|a| (Key::account(a.id, a.version), renderer.account(a, moved(a))));
    Ok(statuses.chain(accounts).collect())
}

/// One status as parts. `NotFound` when it is not there for the viewer.
pub async fn one(
    app: &App,
    conn: &mut store::Conn,
    id: Id,
    viewer: Option<Id>,
    renderer: &impl Renderer,
) -> Result<Item> {
    let rows = rows(app, conn, vec![id], viewer, false).await?;
    assemble(app, conn, rows, renderer)
        .await?
        .pop()
        .ok_or(Error::NotFound)
}

/// One's own status that was written a moment ago and answers nothing: nobody has counted,
/// marked or muted it yet, so nothing is looked up, unless the author has no fragment.
pub async fn fresh(
    app: &App,
    author: AccountFacts,
    parts: &StatusParts,
    status: Bytes,
    renderer: &impl Renderer,
) -> Result<Item> {
    let row = PageRow {
        id: parts.id,
        version: parts.version,
        author: AuthorFacts {
            id: author.id,
            version: author.version,
            counters: author.counters,
        },
        boosted: None,
        counters: Counters::default(),
        bits: Bits {
            pinned: store::visibility::may_be_pinned(parts.visibility).then_some(false),
            ..Bits::default()
        },
        poll: None,
        feeds_generation: app.known.feeds_generation(),
    };
    let key = Key::account(author.id, author.version);
    let account = match app.fragments.get(&key) {
        Some(account) => account,
        None => {
            let conn = app.pool.get().await?;
            let mut made = fragments(app, &conn, &[key], renderer).await?;
            made.remove(&(Of::Account, author.id))
                .ok_or(Error::NotFound)?
        }
    };
    Ok(Item {
        row,
        status,
        account,
        boosted: None,
    })
}

/// A status with its rows: what pages for people are made of.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Counters, the viewer's bits.
    pub row: PageRow,
    /// The status; for a boost the boosted one.
    pub parts: StatusParts,
    /// Who wrote it.
    pub author: Account,
    /// Who boosted it, where that is why it is here.
    pub boosted_by: Option<Account>,
}

/// The same page as rows, in their order, by at most two statements.
pub async fn shown(conn: &mut store::Conn, rows: Vec<PageRow>) -> Result<Vec<Shown>> {
    Ok(shown_with(conn, rows, None).await?.0)
}

/// The same, with the row of one account besides, by the same statements.
pub async fn shown_with(
    conn: &mut store::Conn,
    rows: Vec<PageRow>,
    also: Option<Id>,
) -> Result<(Vec<Shown>, Option<Account>)> {
    let ids = rows
        .iter()
        .map(|r| r.boosted.as_ref().map_or(r.id, |b| b.id))
        .collect();
    let mut authors: Vec<Id> = rows
        .iter()
        .flat_map(|r| [Some(r.author.id), r.boosted.as_ref().map(|b| b.author.id)])
        .flatten()
        .chain(also)
        .collect();
    authors.sort_unstable();
    authors.dedup();
    let parts = store::status_parts::load(conn, ids).await?;
    let accounts = store::accounts_shown::load(conn, authors).await?;
    let account = |id: Id| accounts.iter().find(|a| a.id == id).cloned();
    let one = |row: PageRow| {
        let (id, author) = row
            .boosted
            .as_ref()
            .map_or((row.id, row.author.id), |b| (b.id, b.author.id));
        Some(Shown {
            parts: parts.iter().find(|p| p.id == id).cloned()?,
            author: account(author)?,
            boosted_by: if row.boosted.is_some() {
                Some(account(row.author.id)?)
            } else {
                None
            },
            row,
        })
    };
    let also = also.and_then(account);
    Ok((rows.into_iter().filter_map(one).collect(), also))
}
