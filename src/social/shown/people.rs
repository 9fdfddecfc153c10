//! Accounts in lists: followers, requests, what a search found, the staff.

use super::load;
use crate::app::App;
use crate::app::federation::Network;
use crate::domain::{Error, Id, Page, Result};
use crate::gate::Member;
use crate::model::account::Account;
use crate::social::accounts::read;
use crate::social::accounts::relationships::Relationship;
use crate::social::page::Shown;
use crate::social::resolve::{self, Resolved};
use crate::store::follows::List;
use crate::store::{self, Conn};
use crate::text::hashtags;

/// Accounts and hashtags that one search gives.
const FOUND: i64 = 20;
/// Open requests that are shown at a time.
const REQUESTS: i64 = 40;
/// Staff that is named.
const STAFF: i64 = 20;

/// Which list of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Who follows it.
    Followers,
    /// Whom it follows.
    Following,
}

/// An account in a list.
#[derive(Debug, Clone)]
pub struct Person {
    /// Its place in the list's cursors.
    pub place: usize,
    /// Who.
    pub account: Account,
    /// How the viewer stands to it; `None` for strangers and oneself.
    pub relation: Option<Relationship>,
}

/// A page of accounts.
#[derive(Debug, Clone)]
pub struct People {
    /// Whose list.
    pub account: Account,
    /// The follows' ids, newest first.
    pub cursors: Vec<Id>,
    /// The accounts, in that order.
    pub people: Vec<Person>,
    /// The account shows its lists to nobody else.
    pub hidden: bool,
}

/// The account of a handle as a member meets it: for the buttons of its page.
///
/// # Errors
/// `NotFound`.
pub async fn account(app: &App, handle: &str) -> Result<Account> {
    let id = read::id_of(app, handle).await?.ok_or(Error::NotFound)?;
    let mut conn = app.pool.get().await?;
    store::profiles::find(&mut conn, id)
        .await?
        .filter(|account| !account.is_suspended())
        .ok_or(Error::NotFound)
}

/// Followers of a handle's account, or whom it follows.
///
/// # Errors
/// `NotFound`.
pub async fn follows(
    app: &App,
    viewer: Option<Id>,
    handle: &str,
    side: Side,
    page: &Page,
) -> Result<People> {
    let account = account(app, handle).await?;
    let is_own = viewer == Some(account.id);
    let hidden = account.hide_collections && !is_own;
    let (mut cursors, mut people) = (Vec::new(), Vec::new());
    if !hidden {
        let mut conn = app.pool.get().await?;
        let now = app.clock.now();
        let list = match side {
            Side::Followers => List::Followers,
            Side::Following => List::Following,
        };
        let meets = viewer.filter(|_| !is_own);
        let rows = store::follows::list(&mut conn, list, account.id, meets, page, now).await?;
        let ids: Vec<Id>;
        (cursors, ids) = rows.into_iter().unzip();
        people = around(app, &mut conn, viewer, ids).await?;
    }
    Ok(People {
        account,
        cursors,
        people,
        hidden,
    })
}

/// Those who ask to follow the member, the newest first, 40 at most.
pub async fn requests(app: &App, who: &Member) -> Result<Vec<Account>> {
    let mut conn = app.pool.get().await?;
    let now = app.clock.now();
    let page = Page::newest(REQUESTS);
    let own = who.account_id();
    let rows = store::follows::list(&mut conn, List::Requests, own, None, &page, now).await?;
    let ids: Vec<Id> = rows.into_iter().map(|(_, id)| id).collect();
    in_order(&mut conn, ids).await
}

/// These accounts as a member meets them, in this order; who is suspended, or moved away, is
/// left out, and so is the member.
pub async fn these(app: &App, who: &Member, ids: Vec<Id>) -> Result<Vec<Person>> {
    let own = who.account_id();
    let mut conn = app.pool.get().await?;
    let mut people = around(app, &mut conn, Some(own), ids).await?;
    people.retain(|p| {
        p.account.id != own && !p.account.is_suspended() && p.account.moved_to_id.is_none()
    });
    Ok(people)
}

/// Accounts in the order of `ids`, each with how the viewer stands to it.
async fn around(
    app: &App,
    conn: &mut Conn,
    viewer: Option<Id>,
    ids: Vec<Id>,
) -> Result<Vec<Person>> {
    let accounts = store::accounts_shown::load(conn, ids.clone()).await?;
    let relations = match viewer {
        Some(viewer) => {
            store::relationships::list(conn, viewer, ids.clone(), app.clock.now()).await?
        }
        None => Vec::new(),
    };
    let person = |(place, id): (usize, &Id)| {
        Some(Person {
            place,
            account: accounts.iter().find(|a| a.id == *id).cloned()?,
            relation: relations
                .iter()
                .find(|r| r.id == *id && viewer != Some(*id))
                .cloned(),
        })
    };
    Ok(ids.iter().enumerate().filter_map(person).collect())
}

pub(super) async fn in_order(conn: &mut Conn, ids: Vec<Id>) -> Result<Vec<Account>> {
    let accounts = store::accounts_shown::load(conn, ids.clone()).await?;
    Ok(ids
        .iter()
        .filter_map(|id| accounts.iter().find(|a| a.id == *id).cloned())
        .collect())
}

/// What a search found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Accounts, the best first.
    pub people: Vec<Person>,
    /// Normalised names of hashtags, the shortest first.
    pub tags: Vec<String>,
    /// The status whose address was typed.
    pub statuses: Vec<Shown>,
}

/// Looks for accounts and hashtags, and, where the text is a handle or an address, for who or
/// what is behind it, on other servers too.
///
/// # Errors
/// As [`resolve::typed`].
pub async fn search(network: &Network, who: &Member, text: &str) -> Result<Found> {
    let (app, text) = (network.app(), text.trim());
    if text.is_empty() {
        return Ok(Found::default());
    }
    let viewer = Some(who.account_id());
    let mut found = Found::default();
    let named = resolve::typed(network, who, text, true).await?;
    let mut conn = app.pool.get().await?;
    if let Some(Resolved::Status(id)) = named {
        found.statuses = load(app, &mut conn, vec![id], viewer, false).await?;
        return Ok(found);
    }
    let wants_tag = text.starts_with('#');
    if !wants_tag {
        let name = handle_in(app, text);
        let mut ids = store::search::accounts(&mut conn, &name, viewer, false, FOUND, 0).await?;
        if let Some(Resolved::Account(id)) = named {
            ids.retain(|other| *other != id);
            ids.insert(0, id);
        }
        found.people = around(app, &mut conn, viewer, ids).await?;
    }
    let tag = hashtags::normalise(text.trim_start_matches('#'));
    if !text.starts_with('@') && !tag.is_empty() {
        let tags = store::search::tags(&mut conn, &tag, FOUND, 0).await?;
        found.tags = tags.into_iter().map(|t| t.name).collect();
    }
    Ok(found)
}

/// What to look for among accounts: a handle of this place, or the address of a profile of
/// it, without all around the name.
fn handle_in(app: &App, text: &str) -> String {
    let profile = app.url("/@");
    let name = text.strip_prefix(&profile).unwrap_or(text);
    let name = name.trim_start_matches('@');
    let here = format!("@{}", app.config.server.handle_domain);
    name.strip_suffix(&here).unwrap_or(name).to_owned()
}

/// Those of the staff who may be named, the owner first.
pub async fn staff(app: &App) -> Result<Vec<Account>> {
    let mut conn = app.pool.get().await?;
    let ids = store::residents::staff(&mut conn, STAFF).await?;
    in_order(&mut conn, ids).await
}

/// How many live here.
pub async fn residents(app: &App) -> Result<i64> {
    let mut conn = app.pool.get().await?;
    store::residents::count(&mut conn).await
}
